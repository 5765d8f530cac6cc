//! What stands in the place of a `{word}` in a key, and how much of somebody is in that.

use super::Class;

/// Each word that keys of the map use.
const WORDS: [(&str, Class); 31] = [
    ("account", Class::Personal),
    ("application", Class::Public),
    ("chain", Class::Public),
    ("checkpoint", Class::Public),
    ("command", Class::Public),
    ("delivery", Class::Public),
    ("digest", Class::Public),
    ("entry", Class::Public),
    ("file", Class::Public),
    ("function", Class::Public),
    ("guild", Class::Public),
    ("hash", Class::Public),
    ("id", Class::Public),
    ("interaction", Class::Personal),
    ("metric", Class::Public),
    ("name", Class::Public),
    ("number", Class::Public),
    ("operation", Class::Personal),
    ("page", Class::Public),
    ("provider", Class::Public),
    ("pseudonym", Class::Pseudonymous),
    ("request", Class::Public),
    ("segment", Class::Public),
    ("severity", Class::Public),
    ("shard", Class::Public),
    ("source", Class::Public),
    ("stage", Class::Public),
    ("subject", Class::Personal),
    ("tenant", Class::Personal),
    ("token", Class::Public),
    ("user", Class::Personal),
];

/// The class of a key such as `user#{user}`: of the word in it that says most. `None` when a word is not known here.
pub(super) fn class(key: &str) -> Option<Class> {
    words(key).try_fold(Class::Public, |most, word| {
        let (_, class) = WORDS.iter().find(|(known, _)| *known == word)?;
        Some(most.max(*class))
    })
}

fn words(key: &str) -> impl Iterator<Item = &str> {
    key.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(word, _)| word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_as_much_as_the_word_in_it_that_says_most() {
        assert_eq!(class("q#head"), Some(Class::Public));
        assert_eq!(class("t#{name}#{page}"), Some(Class::Public));
        assert_eq!(class("subject#{provider}#{account}"), Some(Class::Personal));
        assert_eq!(class("song-request#{pseudonym}"), Some(Class::Pseudonymous));
        assert_eq!(class("{guild}#{nobody knows}"), None);
    }

    #[test]
    fn words_are_in_order_and_each_is_used() {
        assert!(WORDS.is_sorted_by_key(|(word, _)| *word));
        let used = |word: &str| {
            let names = super::super::ALL.iter().flat_map(|store| {
                store.rows.iter().flat_map(|row| row.key.iter().copied()).chain([store.name])
            });
            names.into_iter().any(|key| words(key).any(|one| one == word))
        };
        let unused: Vec<_> = WORDS.iter().filter(|(word, _)| !used(word)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }
}
