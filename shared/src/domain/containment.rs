//! How far the bot is shut down: one flag with levels that everything asks before it acts (SPEC T33).
//!
//! Raising takes one person, or an alarm as far as [`Level::OF_ALARMS`]. Going back takes two different people, the second
//! within [`RESUME_OPEN_FOR`], so that one stolen operator account cannot lift a lockdown that was laid because of it.

use core::fmt;
use core::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::access::Reason;
use crate::ids::UserId;

/// How long a request to resume waits for the second person: 30 minutes.
pub const RESUME_OPEN_FOR: SignedDuration = SignedDuration::from_mins(30);

/// How far things are shut down. Each level includes those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Everything runs; people watch closer.
    L0,
    /// Commands answer "paused".
    L1,
    /// Schedules and queue intake stop.
    L2,
    /// Workers stop.
    L3,
    /// Sessions, API keys and application secrets are replaced.
    L4,
    /// The token key is disabled.
    L5,
}

/// The number is no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a containment level")]
pub struct UnknownLevel;

/// What a command does, as far as containment is concerned; an attribute of the route table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Touch {
    /// Only looks.
    Reads,
    /// Changes something.
    Changes,
    /// Is an operator's own command, without which nobody could lift the flag, or somebody's right over their own data.
    Operates,
}

/// What happens to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It runs.
    Runs,
    /// It answers "paused" and does nothing.
    Paused,
}

/// What is known about the flag when a command wants to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// Read at most 4 s ago, or read earlier while the flag cannot be read now.
    Level(Level),
    /// Never read by this process, and it cannot be read now.
    Nothing,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 6] = [Self::L0, Self::L1, Self::L2, Self::L3, Self::L4, Self::L5];

    /// How far alarms may go by themselves (SPEC T33).
    pub const OF_ALARMS: Self = Self::L1;

    /// As it is stored: 0 to 5.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// What a command may do at this level.
    pub const fn effect(self, touch: Touch) -> Effect {
        match (self, touch) {
            (Self::L0, _) | (_, Touch::Operates) => Effect::Runs,
            (_, Touch::Reads | Touch::Changes) => Effect::Paused,
        }
    }
}

impl TryFrom<u8> for Level {
    type Error = UnknownLevel;

    fn try_from(number: u8) -> Result<Self, UnknownLevel> {
        Self::ALL.get(usize::from(number)).copied().ok_or(UnknownLevel)
    }
}

impl Knowledge {
    /// What a command may do, given what is known: without any knowledge, nothing that changes state.
    pub const fn effect(self, touch: Touch) -> Effect {
        match (self, touch) {
            (Self::Level(level), touch) => level.effect(touch),
            (Self::Nothing, Touch::Changes) => Effect::Paused,
            (Self::Nothing, Touch::Reads | Touch::Operates) => Effect::Runs,
        }
    }
}

/// Who did something to the flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// An operator.
    Person(UserId),
    /// The alarms, by themselves.
    Alarms,
}

/// It names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither a person nor the alarms")]
pub struct UnknownBy;

/// Who did something to the flag, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub by: By,
    /// When.
    pub at: Timestamp,
}

/// A level above L0: who laid it and why, and whether somebody has asked to lift it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    pub(crate) act: Act,
    pub(crate) reason: Reason,
    pub(crate) resume: Option<Act>,
}

/// The flag as a state machine by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Containment {
    level: Level,
    raised: Option<Raised>,
}

/// The flag does not move so; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMove {
    /// The level is already that high or higher; only resuming lowers it.
    #[error("containment is already at this level or above")]
    NotHigher,
    /// Nothing is contained.
    #[error("nothing is contained")]
    NotRaised,
    /// Nobody has asked to resume, or too long ago.
    #[error("nobody has asked to resume")]
    NotRequested,
    /// The one who asked cannot also confirm.
    #[error("a second person has to confirm")]
    SamePerson,
    /// This is for people: alarms go no further than [`Level::OF_ALARMS`] and lift nothing.
    #[error("only people may do that")]
    ForPeople,
}

impl By {
    const ALARMS: &str = "alarms";

    /// The person, if it was one.
    pub const fn person(self) -> Option<UserId> {
        match self {
            Self::Person(user) => Some(user),
            Self::Alarms => None,
        }
    }

    /// How far they may go by themselves.
    pub const fn reach(self) -> Level {
        match self {
            Self::Person(_) => Level::L5,
            Self::Alarms => Level::OF_ALARMS,
        }
    }
}

impl From<UserId> for By {
    fn from(user: UserId) -> Self {
        Self::Person(user)
    }
}

/// As it is stored: a person's id, or `alarms`.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(user) => write!(f, "{user}"),
            Self::Alarms => f.write_str(Self::ALARMS),
        }
    }
}

impl FromStr for By {
    type Err = UnknownBy;

    fn from_str(text: &str) -> Result<Self, UnknownBy> {
        match text {
            Self::ALARMS => Ok(Self::Alarms),
            id => id.parse().map(Self::Person).map_err(|_| UnknownBy),
        }
    }
}

impl Containment {
    /// Nothing is contained: the state without a row.
    pub const fn none() -> Self {
        Self { level: Level::L0, raised: None }
    }

    /// How far things are shut down.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Who raised it to this level and why; `None` at L0.
    pub const fn raised(&self) -> Option<&Raised> {
        self.raised.as_ref()
    }

    /// Goes up to `level`; an open request to resume dies, since it was about less.
    pub fn raise(self, level: Level, act: Act, reason: Reason) -> Result<Self, InvalidMove> {
        if level <= self.level {
            return Err(InvalidMove::NotHigher);
        }
        if level > act.by.reach() {
            return Err(InvalidMove::ForPeople);
        }
        Ok(Self { level, raised: Some(Raised { act, reason, resume: None }) })
    }

    /// Asks to go back to L0. Asking again starts the wait anew, in the name of who asked last.
    pub fn request_resume(self, act: Act) -> Result<Self, InvalidMove> {
        let raised = self.raised.ok_or(InvalidMove::NotRaised)?;
        act.by.person().ok_or(InvalidMove::ForPeople)?;
        Ok(Self { level: self.level, raised: Some(Raised { resume: Some(act), ..raised }) })
    }

    /// Goes back to L0, if somebody else asked for it less than [`RESUME_OPEN_FOR`] ago.
    pub fn confirm_resume(self, act: Act) -> Result<Self, InvalidMove> {
        let asked = self.raised.ok_or(InvalidMove::NotRaised)?.resume.ok_or(InvalidMove::NotRequested)?;
        if act.at.duration_since(asked.at) >= RESUME_OPEN_FOR {
            return Err(InvalidMove::NotRequested);
        }
        act.by.person().ok_or(InvalidMove::ForPeople)?;
        if act.by == asked.by {
            return Err(InvalidMove::SamePerson);
        }
        Ok(Self::none())
    }

    /// A state read from its row. `None` if L0 names somebody, a higher level names nobody, or the alarms have done what is
    /// for people.
    #[cfg_attr(
        not(any(feature = "store", test)),
        expect(dead_code, reason = "only the store restores states")
    )]
    pub(crate) fn restore(level: Level, raised: Option<Raised>) -> Option<Self> {
        let by_whom_it_may = raised.as_ref().is_none_or(|raised| {
            level <= raised.act.by.reach() && raised.resume.is_none_or(|asked| asked.by.person().is_some())
        });
        ((level == Level::L0) == raised.is_none() && by_whom_it_may).then_some(Self { level, raised })
    }
}

impl Raised {
    /// Who raised it, and when.
    pub const fn act(&self) -> Act {
        self.act
    }

    /// Why.
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Who last asked to resume, and when.
    pub const fn resume(&self) -> Option<Act> {
        self.resume
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: UserId = UserId::new(1);
    const BEN: UserId = UserId::new(2);

    fn act(by: UserId, minute: i64) -> Act {
        let start: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        Act { by: by.into(), at: start + SignedDuration::from_mins(minute) }
    }

    fn alarms(minute: i64) -> Act {
        Act { by: By::Alarms, ..act(ANN, minute) }
    }

    fn reason() -> Reason {
        "leak".parse().unwrap()
    }

    fn at(level: Level) -> Containment {
        Containment::none().raise(level, act(ANN, 0), reason()).unwrap()
    }

    #[test]
    fn what_runs_at_each_level() {
        for level in Level::ALL {
            let others = if level == Level::L0 { Effect::Runs } else { Effect::Paused };
            assert_eq!(level.effect(Touch::Reads), others, "{level:?}");
            assert_eq!(level.effect(Touch::Changes), others, "{level:?}");
            assert_eq!(level.effect(Touch::Operates), Effect::Runs, "{level:?}");
            assert_eq!(Knowledge::Level(level).effect(Touch::Changes), others, "{level:?}");
        }
    }

    #[test]
    fn without_any_knowledge_only_changes_stop() {
        assert_eq!(Knowledge::Nothing.effect(Touch::Reads), Effect::Runs);
        assert_eq!(Knowledge::Nothing.effect(Touch::Changes), Effect::Paused);
        assert_eq!(Knowledge::Nothing.effect(Touch::Operates), Effect::Runs);
    }

    #[test]
    fn numbers_are_levels_and_nothing_else_is() {
        for level in Level::ALL {
            assert_eq!(Level::try_from(level.number()), Ok(level));
        }
        assert_eq!(Level::try_from(6), Err(UnknownLevel));
        assert!(Level::L1 < Level::L2);
    }

    #[test]
    fn it_only_goes_up_by_raising() {
        for from in Level::ALL {
            for to in Level::ALL {
                let before = if from == Level::L0 { Containment::none() } else { at(from) };
                let after = before.raise(to, act(BEN, 1), reason()).map(|flag| flag.level());
                assert_eq!(after, if to > from { Ok(to) } else { Err(InvalidMove::NotHigher) });
            }
        }
    }

    #[test]
    fn resuming_takes_two_different_people_in_time() {
        let asked = at(Level::L3).request_resume(act(ANN, 5)).unwrap();
        assert_eq!(asked.level(), Level::L3, "asking lifts nothing");
        assert_eq!(asked.clone().confirm_resume(act(ANN, 6)), Err(InvalidMove::SamePerson));
        assert_eq!(asked.clone().confirm_resume(act(BEN, 35)), Err(InvalidMove::NotRequested));
        assert_eq!(asked.confirm_resume(act(BEN, 34)), Ok(Containment::none()));
    }

    #[test]
    fn resuming_needs_something_to_resume_from() {
        assert_eq!(Containment::none().request_resume(act(ANN, 0)), Err(InvalidMove::NotRaised));
        assert_eq!(Containment::none().confirm_resume(act(ANN, 0)), Err(InvalidMove::NotRaised));
        assert_eq!(at(Level::L1).confirm_resume(act(BEN, 0)), Err(InvalidMove::NotRequested));
    }

    #[test]
    fn a_higher_level_forgets_the_request_to_resume() {
        let asked = at(Level::L1).request_resume(act(ANN, 1)).unwrap();
        let higher = asked.raise(Level::L4, act(BEN, 2), reason()).unwrap();
        assert_eq!(higher.raised().unwrap().resume(), None);
        assert_eq!(higher.confirm_resume(act(BEN, 3)), Err(InvalidMove::NotRequested));
    }

    #[test]
    fn who_asked_last_is_who_cannot_confirm() {
        let asked = at(Level::L1).request_resume(act(ANN, 1)).unwrap().request_resume(act(BEN, 2)).unwrap();
        assert_eq!(asked.clone().confirm_resume(act(BEN, 3)), Err(InvalidMove::SamePerson));
        assert!(asked.confirm_resume(act(ANN, 3)).is_ok());
    }

    /// SPEC T33: alarms reach L1 by themselves; L2 and up, and every resume, need people.
    #[test]
    fn alarms_go_no_further_than_they_may_and_lift_nothing() {
        for level in Level::ALL.into_iter().skip(1) {
            let raised = Containment::none().raise(level, alarms(0), reason()).map(|flag| flag.level());
            assert_eq!(raised, if level == Level::L1 { Ok(level) } else { Err(InvalidMove::ForPeople) });
        }
        let on = Containment::none().raise(Level::L1, alarms(0), reason()).unwrap();
        assert_eq!(on.clone().raise(Level::L2, alarms(1), reason()), Err(InvalidMove::ForPeople));
        assert_eq!(on.clone().request_resume(alarms(1)), Err(InvalidMove::ForPeople));
        let asked = on.request_resume(act(ANN, 1)).unwrap();
        assert_eq!(asked.clone().confirm_resume(alarms(2)), Err(InvalidMove::ForPeople));
        assert_eq!(asked.confirm_resume(act(ANN, 2)), Err(InvalidMove::SamePerson), "also what alarms laid");
        assert_eq!(at(Level::L3).raise(Level::L1, alarms(0), reason()), Err(InvalidMove::NotHigher));
    }

    #[test]
    fn who_it_was_reads_as_it_was_written() {
        for by in [By::Person(ANN), By::Alarms] {
            assert_eq!(by.to_string().parse(), Ok(by));
        }
        for text in ["", "0", "Alarms", "alarm", "-1"] {
            assert_eq!(text.parse::<By>(), Err(UnknownBy), "{text}");
        }
        assert_eq!((By::Person(ANN).person(), By::Alarms.person()), (Some(ANN), None));
    }

    #[test]
    fn a_row_that_no_move_could_have_written_is_not_restored() {
        let raised = at(Level::L2).raised().cloned();
        assert!(Containment::restore(Level::L0, raised.clone()).is_none());
        assert!(Containment::restore(Level::L2, None).is_none());
        assert_eq!(Containment::restore(Level::L2, raised.clone()), Some(at(Level::L2)));
        let of_alarms = raised.clone().map(|raised| Raised { act: alarms(0), ..raised });
        assert!(Containment::restore(Level::L1, of_alarms.clone()).is_some());
        assert!(Containment::restore(Level::L2, of_alarms).is_none());
        let asked = raised.map(|raised| Raised { resume: Some(alarms(0)), ..raised });
        assert!(Containment::restore(Level::L2, asked).is_none());
    }
}
