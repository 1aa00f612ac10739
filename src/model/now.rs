//! When something is done: a moment, and the day on which it falls where the site is at home.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A moment, and its day in the zone of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now {
    /// The moment.
    pub moment: Timestamp,
    /// The day.
    pub day: Date,
}

impl Now {
    /// Returns a moment with its day in a zone.
    pub fn at(moment: Timestamp, zone: &TimeZone) -> Now {
        Now { moment, day: day_of(moment, zone) }
    }

    /// Returns the first moment of a day in a zone: what `--today` means.
    pub fn beginning(day: Date, zone: &TimeZone) -> Now {
        Now { moment: beginning(day, zone), day }
    }
}

/// Returns the day of a moment in a zone.
pub fn day_of(moment: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(moment).date()
}

/// Returns the first moment of a day in a zone, where some days do not begin at midnight.
pub fn beginning(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp::MIN, |first| first.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_its_zone() {
        let zone = |name: &str| jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap();
        let day =
            |moment: &str, name: &str| day_of(moment.parse().unwrap(), &zone(name)).to_string();
        assert_eq!(day("2026-11-20T23:30:00Z", "UTC"), "2026-11-20");
        assert_eq!(day("2026-11-20T14:59:59Z", "Asia/Tokyo"), "2026-11-20");
        assert_eq!(day("2026-11-20T15:00:00Z", "Asia/Tokyo"), "2026-11-21");
        assert_eq!(day("2026-11-21T07:59:59Z", "America/Los_Angeles"), "2026-11-20");
        let first = |day: &str, name: &str| {
            Now::beginning(day.parse().unwrap(), &zone(name)).moment.to_string()
        };
        assert_eq!(first("2026-11-21", "UTC"), "2026-11-21T00:00:00Z");
        assert_eq!(first("2026-11-21", "Asia/Tokyo"), "2026-11-20T15:00:00Z");
        assert_eq!(first("2026-07-01", "Europe/Berlin"), "2026-06-30T22:00:00Z");
        // A day that begins at one, since the hour before is skipped.
        assert_eq!(first("2024-09-08", "America/Santiago"), "2024-09-08T04:00:00Z");
        assert_eq!(
            Now::at("2026-11-20T15:00:00Z".parse().unwrap(), &zone("Asia/Tokyo")),
            Now::beginning("2026-11-21".parse().unwrap(), &zone("Asia/Tokyo"))
        );
    }
}
