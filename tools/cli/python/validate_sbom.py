"""Judges bills of materials by CycloneDX's own schema: `validate_sbom.py FILE...`. Nothing unknown is let through."""

import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

validator = JsonStrictValidator(SchemaVersion.V1_6)
faults = 0
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        fault = validator.validate_str(file.read())
    if fault is not None:
        faults += 1
        # All of it would be the schema once more.
        print(f"{name}: {str(fault).splitlines()[0]}")
sys.exit(1 if faults else 0)
