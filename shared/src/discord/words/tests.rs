use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::{ast, parser};

use super::{bundle::source, *};

/// Id → names of the variables in it, attributes included.
fn entries(locale: Locale, file: File) -> BTreeMap<String, BTreeSet<String>> {
    let resource =
        parser::parse(source(locale, file)).unwrap_or_else(|(_, errors)| panic!("{locale:?}: {errors:?}"));
    let mut entries = BTreeMap::new();
    for entry in resource.body {
        let ast::Entry::Message(message) = entry else { continue };
        let mut names = BTreeSet::new();
        for pattern in message.value.iter().chain(message.attributes.iter().map(|attribute| &attribute.value))
        {
            variables(pattern, &mut names);
        }
        let id = message.id.name.to_owned();
        assert!(entries.insert(id.clone(), names).is_none(), "{locale:?}: {id} stands twice");
    }
    entries
}

fn variables(pattern: &ast::Pattern<&str>, names: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let ast::PatternElement::Placeable { expression } = element else { continue };
        let inline = match expression {
            ast::Expression::Inline(inline) => inline,
            ast::Expression::Select { selector, variants } => {
                for variant in variants {
                    variables(&variant.value, names);
                }
                selector
            }
        };
        if let ast::InlineExpression::VariableReference { id } = inline {
            names.insert(id.name.to_owned());
        }
    }
}

#[test]
fn every_language_has_every_message_with_the_same_variables_and_no_other() {
    let expected: BTreeMap<String, BTreeSet<String>> = Message::ALL
        .iter()
        .map(|(id, args)| ((*id).to_owned(), args.iter().map(|arg| (*arg).to_owned()).collect()))
        .collect();
    assert_eq!(expected.len(), Message::ALL.len(), "an id stands twice");
    for locale in Locale::ALL {
        assert_eq!(entries(locale, File::Bot), expected, "{locale:?}");
    }
}

#[test]
fn every_language_names_the_same_commands() {
    let english = entries(Locale::English, File::Commands);
    for locale in Locale::ALL {
        assert_eq!(entries(locale, File::Commands), english, "{locale:?}");
    }
}

#[test]
fn every_message_is_said_without_an_error() {
    for locale in Locale::ALL {
        for message in Message::samples(2) {
            let said = Words::new(locale).say(&message);
            assert!(!said.is_empty() && said != message.id(), "{locale:?} {}", message.id());
            assert!(!said.contains('{'), "{said}");
        }
    }
}

#[test]
fn plurals_follow_the_language() {
    let say = |locale, count| Words::new(locale).say(&Message::Shuffled { count });
    assert_eq!(say(Locale::English, 1), "Shuffled 1 track.");
    assert_eq!(say(Locale::English, 0), "Shuffled 0 tracks.");
    assert_eq!(say(Locale::French, 0), "0 titre mélangé.");
    assert_eq!(say(Locale::French, 2), "2 titres mélangés.");
    assert_eq!(say(Locale::Spanish, 1), "1 pista mezclada.");
    assert_eq!(say(Locale::Portuguese, 5), "5 faixas embaralhadas.");
    assert_eq!(say(Locale::Japanese, 1), "1 曲を混ぜました。");
    let queued = |count| Words::new(Locale::German).say(&Message::QueuedMany { count });
    assert_eq!(queued(1), "1 Titel kam in die Warteschlange.");
    assert_eq!(queued(10_000), "10000 Titel kamen in die Warteschlange.");
}

#[test]
fn untrusted_text_is_escaped_and_right_to_left_text_isolated() {
    let say = |title: &str| Words::new(Locale::English).say(&Message::Removed { title: Escaped::new(title) });
    assert_eq!(
        say("[x](https://e.example) @everyone"),
        r"Took **\[x\](https\://e.example) \@everyone** out of the queue."
    );
    assert_eq!(say("Don't Stop"), "Took **Don't Stop** out of the queue.");
    assert_eq!(say("שיר"), "Took **\u{2068}שיר\u{2069}** out of the queue.");
}

#[test]
fn lengths_and_moments_read_as_people_write_them() {
    assert_eq!(
        [0, 61, 3599, 3600, 86_399].map(|s| Span(s).to_string()),
        ["0:00", "1:01", "59:59", "1:00:00", "23:59:59"]
    );
    assert_eq!(Moment("2026-01-02T00:00:00Z".parse().unwrap()).to_string(), "<t:1767312000:R>");
}

/// A choice longer than Discord's 100 would be refused and the person would see nothing at all.
#[test]
fn a_choice_fits_and_has_no_markdown() {
    for locale in Locale::ALL {
        for message in [Message::ChoiceRefused, Message::ChoiceSlowDown, Message::ChoiceUnavailable] {
            let said = Words::new(locale).say(&message);
            assert!(said.chars().count() <= 100 && !said.contains(['*', '`']), "{said}");
        }
    }
}

#[test]
fn commands_in_sentences_exist_in_that_language() {
    for locale in Locale::ALL {
        let known = command_paths(locale);
        for message in Message::samples(2) {
            let said = Words::new(locale).say(&message);
            for (at, _) in said.match_indices("`/") {
                let path = said[at + 2..].split('`').next().unwrap();
                assert!(known.contains(path), "{locale:?} {}: `/{path}` is no command", message.id());
            }
        }
    }
}

/// `admin lockdown on` in the language's own words, for each command id.
fn command_paths(locale: Locale) -> BTreeSet<String> {
    let ids: BTreeSet<String> = entries(Locale::English, File::Commands).into_keys().collect();
    let words = Words::new(locale);
    let mut paths = BTreeSet::new();
    for id in ids.iter().filter(|id| !id.starts_with("o-") && !id.starts_with("c-")) {
        let above = |part: &String| {
            id == part || id.strip_prefix(part.as_str()).is_some_and(|rest| rest.starts_with('-'))
        };
        let mut parents: Vec<_> = ids.iter().filter(|part| above(part)).collect();
        parents.sort_by_key(|part| part.len());
        let names: Vec<_> = parents.iter().map(|part| words.command_name(part).unwrap()).collect();
        paths.insert(names.join(" "));
    }
    paths
}

#[test]
fn the_words_of_each_language_for_a_look() {
    for locale in Locale::ALL {
        let lines: Vec<_> = Message::samples(3)
            .iter()
            .map(|message| format!("{}: {}", message.id(), Words::new(locale).say(message)))
            .collect();
        insta::assert_snapshot!(locale.code(), lines.join("\n"));
    }
}
