//! Numbers and times as people type them, read into what the queue takes (SPEC W33).

use shared::discord::envelope::Options;
use shared::discord::words::Message;

use crate::refused::Refused;

/// A place in the queue, from 1.
pub(super) fn position(options: &Options<'_>, field: &'static str) -> Result<usize, Refused> {
    let number = options.integer(field).map_err(Refused::Option)?;
    in_range(number, 1, 10_000)
}

/// A page of a list, typed from 1, counted from 0.
pub(super) fn page(options: &Options<'_>) -> Result<u32, Refused> {
    let typed = options.optional_integer("page").map_err(Refused::Option)?.unwrap_or(1);
    in_range::<u32>(typed, 1, 1_000).map(|page| page - 1)
}

/// A whole number within bounds; the bounds are in the registration too, but Discord is not our guard.
pub(super) fn in_range<T: TryFrom<i64>>(number: i64, min: u64, max: u64) -> Result<T, Refused> {
    let fits = u64::try_from(number).is_ok_and(|number| (min..=max).contains(&number));
    let converted = if fits { T::try_from(number).ok() } else { None };
    converted.ok_or(Refused::Range { min, max })
}

/// `1:30`, `1:02:03` or seconds, in seconds; below 100 hours.
pub(super) fn time(text: &str) -> Result<u32, Refused> {
    let malformed = || Refused::Because(Message::TimeForm);
    let parts: Vec<&str> = text.trim().split(':').collect();
    if parts.len() > 3 {
        return Err(malformed());
    }
    let mut seconds: u32 = 0;
    for (at, part) in parts.iter().enumerate() {
        let digits = !part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 =
            if digits { part.parse().map_err(|_| malformed())? } else { return Err(malformed()) };
        if at > 0 && (number > 59 || part.len() != 2) {
            return Err(malformed());
        }
        seconds =
            seconds.checked_mul(60).and_then(|so_far| so_far.checked_add(number)).ok_or_else(malformed)?;
    }
    if seconds < 360_000 { Ok(seconds) } else { Err(malformed()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        assert_eq!(
            [time("90"), time("1:30"), time(" 01:30 "), time("1:02:03")].map(Result::unwrap),
            [90, 90, 90, 3723]
        );
    }

    #[test]
    fn odd_times_are_refused() {
        for odd in
            ["", ":", "1:", ":30", "1:60", "1:3", "1:2:3:4", "-5", "1.5", "+7", "99999999", "999999", "١:٣٠"]
        {
            assert_eq!(time(odd), Err(Refused::Because(Message::TimeForm)), "{odd}");
        }
    }

    #[test]
    fn numbers_outside_of_their_range_say_it() {
        assert_eq!(in_range::<u8>(80, 0, 100), Ok(80));
        for odd in [-1, 101, i64::MIN, i64::MAX] {
            assert_eq!(in_range::<u8>(odd, 0, 100), Err(Refused::Range { min: 0, max: 100 }));
        }
    }
}
