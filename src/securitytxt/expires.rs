//! A moment as RFC 3339 section 5.6 writes it: a date, `T`, a time to the second, a zone.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// Reads a moment.
///
/// # Errors
/// Says which part is wrong.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    let bytes = text.as_bytes();
    let number = |from: usize, until: usize| -> Option<i16> {
        let digits = text
            .get(from..until)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse().ok()
    };
    let mark = |at: usize, marks: &[u8]| bytes.get(at).is_some_and(|byte| marks.contains(byte));
    let small = |from: usize, most: i16| {
        number(from, from + 2)
            .filter(|value| *value <= most)
            .and_then(|value| i8::try_from(value).ok())
    };
    let date = (mark(4, b"-") && mark(7, b"-")).then(|| (number(0, 4), small(5, 12), small(8, 31)));
    let Some((Some(year), Some(month), Some(day))) = date else {
        return Err("a moment begins with a day as `2027-10-31`".to_owned());
    };
    let date =
        Date::new(year, month, day).map_err(|_| format!("there is no day {}", &text[..10]))?;
    if bytes.len() == 10 {
        return Err("a day without a time and a zone".to_owned());
    }
    if !mark(10, b"Tt") {
        return Err("there is no `T` between the day and the time".to_owned());
    }
    let time =
        (mark(13, b":") && mark(16, b":")).then(|| (small(11, 23), small(14, 59), small(17, 60)));
    let Some((Some(hour), Some(minute), Some(second))) = time else {
        return Err("there is no time as `18:37:07` behind the day".to_owned());
    };
    let mut rest = &text[19..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Err("a `.` without parts of a second behind it".to_owned());
        }
        rest = &fraction[digits..];
    }
    let offset = match rest.as_bytes() {
        [b'Z' | b'z'] => Offset::UTC,
        [] => return Err("a moment without a zone".to_owned()),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let at = text.len() - 5;
            let (Some(hours), Some(minutes)) = (small(at, 23), small(at + 3, 59)) else {
                return Err(format!("`{rest}` is no zone"));
            };
            let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
            Offset::from_seconds(if *sign == b'-' { -seconds } else { seconds })
                .map_err(|_| format!("`{rest}` is no zone"))?
        }
        _ => return Err(format!("`{}` is no zone", rest.escape_debug())),
    };
    let civil =
        date.to_datetime(Time::new(hour, minute, second.min(59), 0).expect("checked above"));
    let far = if year > 0 { Timestamp::MAX } else { Timestamp::MIN };
    let moment = offset.to_timestamp(civil).unwrap_or(far);
    // A second 60 is the last of a day in UTC.
    if second == 60 && moment.as_second().rem_euclid(86_400) != 86_399 {
        return Err("there is no second 60 in this minute".to_owned());
    }
    Ok(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_day_a_time_and_a_zone() {
        for good in [
            "2021-12-31T18:37:07z",
            "2021-12-31t18:37:07Z",
            "2021-12-31T18:37:07.123456789012+05:30",
            "2021-12-31T18:37:07-00:00",
            "2016-12-31T23:59:60Z",
            "2016-12-31T15:59:60-08:00",
            "9999-12-31T23:59:59-23:59",
            "0000-01-01T00:00:00+23:59",
            "2024-02-29T00:00:00Z",
        ] {
            assert!(moment(good).is_ok(), "{good}: {:?}", moment(good));
        }
        assert_eq!(
            moment("2027-06-01T12:00:00+02:00").unwrap().to_string(),
            "2027-06-01T10:00:00Z"
        );
        for bad in [
            "",
            "2021-12-31",
            "2021-12-31T18:37:07",
            "2021-12-31 18:37:07Z",
            "2021-12-31T18:37Z",
            "2021-12-31T24:00:00Z",
            "2021-12-31T18:60:00Z",
            "2021-12-31T18:37:60Z",
            "2021-02-29T00:00:00Z",
            "2021-13-01T00:00:00Z",
            "2021-00-01T00:00:00Z",
            "21-12-31T18:37:07Z",
            "2021-12-31T18:37:07+0200",
            "2021-12-31T18:37:07+24:00",
            "2021-12-31T18:37:07.Z",
            "2021-12-31T18:37:07Z tomorrow",
            "2021-12-31T18:37:07 Z",
            "20211231T183707Z",
            "Fri, 31 Dec 2021 18:37:07 +0000",
            "1640975827",
            "２021-12-31T18:37:07Z",
            "2021-12-31T18:37:07é",
            "+021-12-31T18:37:07Z",
        ] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_part_of_a_moment_is_named_where_it_is_wrong() {
        for (text, problem) in [
            ("2021/12-31T18:37:07Z", "a moment begins with a day as `2027-10-31`"),
            ("2021-12/31T18:37:07Z", "a moment begins with a day as `2027-10-31`"),
            ("2021-12-32T18:37:07Z", "a moment begins with a day as `2027-10-31`"),
            ("2021-04-31T18:37:07Z", "there is no day 2021-04-31"),
            ("2021-12-31", "a day without a time and a zone"),
            ("2021-12-31x", "there is no `T` between the day and the time"),
            ("2021-12-31T18.37:07Z", "there is no time as `18:37:07` behind the day"),
            ("2021-12-31T18:37.07Z", "there is no time as `18:37:07` behind the day"),
            ("2021-12-31T18:37:61Z", "there is no time as `18:37:07` behind the day"),
            ("2021-12-31T18:37:07.Z", "a `.` without parts of a second behind it"),
            ("2021-12-31T18:37:07", "a moment without a zone"),
            ("2021-12-31T18:37:07.5", "a moment without a zone"),
            ("2021-12-31T18:37:07+24:00", "`+24:00` is no zone"),
            ("2021-12-31T18:37:07+23:60", "`+23:60` is no zone"),
            ("2021-12-31T18:37:07.5CET", "`CET` is no zone"),
            ("2021-12-31T18:37:60Z", "there is no second 60 in this minute"),
            ("2021-12-31T23:59:60+01:00", "there is no second 60 in this minute"),
        ] {
            assert_eq!(moment(text), Err(problem.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_moment_is_the_one_that_was_written() {
        for (text, utc) in [
            ("2021-12-31T18:37:07Z", "2021-12-31T18:37:07Z"),
            ("2021-12-31T18:37:07.999+05:30", "2021-12-31T13:07:07Z"),
            ("2021-12-31T18:37:07-05:30", "2022-01-01T00:07:07Z"),
            ("2021-12-31T00:00:00+23:59", "2021-12-30T00:01:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ] {
            assert_eq!(moment(text).unwrap().to_string(), utc, "{text}");
        }
        assert_eq!(moment("9999-12-31T23:59:59-23:59"), Ok(Timestamp::MAX), "as far as moments go");
        assert_eq!(
            moment("0000-01-01T00:00:00+23:59").unwrap().to_string(),
            "-000001-12-31T00:01:00Z"
        );
    }
}
