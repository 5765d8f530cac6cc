//! Which checks an interaction passed, in the gate's order (SPEC T15, W20, W24): what the local stack shows beside it.

use shared::ids::InteractionId;

use crate::refused::Refused;

/// A check, in the order in which they judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Discord's signature and its time.
    Signature,
    /// The interaction was not seen before.
    Replay,
    /// The guild is let in.
    Access,
    /// Nothing is contained.
    Containment,
    /// No window is full.
    Rate,
    /// The caller may do this.
    Permission,
}

impl Check {
    /// All of them in their order.
    pub const ALL: [Self; 6] =
        [Self::Signature, Self::Replay, Self::Access, Self::Containment, Self::Rate, Self::Permission];

    /// In words for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signature => "signed by Discord, just now",
            Self::Replay => "not seen before",
            Self::Access => "the server is let in",
            Self::Containment => "nothing is locked down",
            Self::Rate => "not too often",
            Self::Permission => "allowed to this person",
        }
    }

    /// Where a refusal falls. A store that failed says nothing about the caller.
    const fn of(refused: &Refused) -> Option<Self> {
        match refused {
            Refused::Replayed => Some(Self::Replay),
            Refused::Access(_) | Refused::GuildOnly => Some(Self::Access),
            Refused::Paused => Some(Self::Containment),
            Refused::Limited { .. } => Some(Self::Rate),
            Refused::NotPermitted { .. } => Some(Self::Permission),
            _ => None,
        }
    }
}

/// How an interaction fared at the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub interaction: InteractionId,
    /// The checks that judged it, in their order; all but the last were passed.
    pub checks: Vec<(Check, bool)>,
}

impl Checked {
    /// By what the gate said: `None` is that it let the interaction in.
    pub(crate) fn new(interaction: InteractionId, refused: Option<&Refused>) -> Self {
        let checks = match refused.map(Check::of) {
            None => Check::ALL.map(|check| (check, true)).to_vec(),
            Some(None) => vec![(Check::Signature, true)],
            Some(Some(last)) => {
                let before = Check::ALL.into_iter().take_while(|check| *check != last);
                before.map(|check| (check, true)).chain([(last, false)]).collect()
            }
        };
        Self { interaction, checks }
    }
}

#[cfg(test)]
mod tests {
    use shared::security::access::Denied;
    use shared::security::permissions::Permission;

    use super::*;

    fn checked(refused: Option<&Refused>) -> Vec<(Check, bool)> {
        Checked::new(InteractionId::new(1), refused).checks
    }

    #[test]
    fn whoever_is_let_in_has_passed_all() {
        assert_eq!(checked(None), Check::ALL.map(|check| (check, true)));
    }

    #[test]
    fn a_refusal_is_the_last_check_and_those_before_were_passed() {
        let cases = [
            (Refused::Replayed, Check::Replay),
            (Refused::Access(Denied::Unreadable), Check::Access),
            (Refused::GuildOnly, Check::Access),
            (Refused::Paused, Check::Containment),
            (Refused::NotPermitted { needs: Permission::QueueEdit, dj_role: None }, Check::Permission),
        ];
        for (refused, last) in cases {
            let checks = checked(Some(&refused));
            assert_eq!(checks.last(), Some(&(last, false)));
            assert!(checks[..checks.len() - 1].iter().all(|(_, ok)| *ok), "{checks:?}");
            assert_eq!(checks.len(), Check::ALL.iter().position(|check| *check == last).unwrap() + 1);
        }
    }

    #[test]
    fn a_store_that_fails_judges_nobody() {
        assert_eq!(checked(Some(&Refused::Unavailable)), [(Check::Signature, true)]);
    }
}
