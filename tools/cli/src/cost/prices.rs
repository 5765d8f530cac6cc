//! List prices in US dollars, without any free tier: those of US East (N. Virginia), others differ by some percent. What the
//! template has too, for the bill's ceiling, a test compares.

/// What AWS charges.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices {
    /// Lambda on x86: a gibibyte of memory for a second.
    pub(super) gb_second: f64,
    /// A million requests of Lambda.
    pub(super) million_requests: f64,
    /// A million write units of tables that are billed by request; a unit is a kibibyte.
    pub(super) million_writes: f64,
    /// A million read units; a unit is four kibibytes.
    pub(super) million_reads: f64,
    /// A million requests of SQS.
    pub(super) million_messages: f64,
    /// Fargate on x86 at full price: a core for an hour.
    pub(super) vcpu_hour: f64,
    /// A gibibyte of its memory for an hour.
    pub(super) gb_hour: f64,
    /// A public IPv4 address for an hour.
    pub(super) address_hour: f64,
    /// Traffic to the internet by volume in a month: so many gigabytes at so much each.
    pub(super) traffic: [(f64, f64); 4],
    /// A gigabyte in S3 for a month.
    pub(super) stored_gb: f64,
    /// A million writing requests of S3.
    pub(super) million_puts: f64,
    /// A million reading requests of S3.
    pub(super) million_gets: f64,
    /// A gigabyte that is written to a log.
    pub(super) log_gb: f64,
    /// A counter that is published all month.
    pub(super) counter: f64,
    /// A key of KMS for a month.
    pub(super) key: f64,
    /// A secret for a month.
    pub(super) secret: f64,
    /// The alarms of `Alarms=essential` for a month.
    pub(super) alarms: f64,
}

/// As of the day on which `docs/COST.md` was reviewed.
pub(super) const LIST: Prices = Prices {
    gb_second: 0.000_016_666_7,
    million_requests: 0.20,
    million_writes: 0.625,
    million_reads: 0.125,
    million_messages: 0.40,
    vcpu_hour: 0.04048,
    gb_hour: 0.004_445,
    address_hour: 0.005,
    traffic: [(10_000.0, 0.09), (40_000.0, 0.085), (100_000.0, 0.07), (f64::INFINITY, 0.05)],
    stored_gb: 0.023,
    million_puts: 5.0,
    million_gets: 0.40,
    log_gb: 0.50,
    counter: 0.30,
    key: 1.0,
    secret: 0.40,
    alarms: 1.90,
};

impl Prices {
    /// So many gigabytes to the internet.
    pub(super) fn traffic(&self, gb: f64) -> f64 {
        let (mut left, mut usd) = (gb, 0.0);
        for (most, price) in self.traffic {
            let here = left.min(most);
            usd += here * price;
            left -= here;
        }
        usd
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use testkit::template::{OURS, Template};

    use super::*;
    use crate::cost::tests::{close, document};

    #[test]
    fn they_are_those_of_the_template() {
        let template = Template::parse(OURS).unwrap();
        let metadata = template.section("Metadata");
        let said = |price: &Value| price.as_str().unwrap().parse::<f64>().unwrap();
        let (lambda, fargate) = (&metadata["LambdaPrices"]["x86_64"], &metadata["FargatePrices"]);
        for (ours, theirs) in [
            (LIST.gb_second, &lambda["UsdPerGbSecond"]),
            (LIST.million_requests, &lambda["UsdPerMillionRequests"]),
            (LIST.vcpu_hour, &fargate["UsdPerVcpuHour"]),
            (LIST.gb_hour, &fargate["UsdPerGbHour"]),
            (LIST.address_hour, &fargate["UsdPerAddressHour"]),
        ] {
            assert!(close(ours, said(theirs)), "{ours} {theirs}");
        }
    }

    /// Another test computes what that page says of alarms from the template.
    #[test]
    fn the_alarms_are_those_of_the_operations_page() {
        let row = format!("| `essential` | {:.2} |", LIST.alarms);
        assert!(document("OPERATIONS.md").contains(&row), "docs/OPERATIONS.md does not say {row:?}");
    }

    #[test]
    fn traffic_gets_cheaper_by_the_gigabyte() {
        assert!(close(LIST.traffic(0.0), 0.0));
        assert!(close(LIST.traffic(100.0), 9.0));
        assert!(close(LIST.traffic(10_000.0), 900.0));
        assert!(close(LIST.traffic(50_000.0), 900.0 + 3_400.0));
        assert!(close(LIST.traffic(200_000.0), 900.0 + 3_400.0 + 7_000.0 + 2_500.0));
    }
}
