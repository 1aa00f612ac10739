//! What machines read of a site, beside what its ledger makes of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;

use crate::model::LISTS;
use crate::proof::page::{Frame, named, other};
use crate::render;

/// What we know about a site built by another version of policybook.
#[derive(Default)]
pub struct Earlier {
    /// The keys that its indexes have: an earlier program wrote fewer.
    pub keys: BTreeSet<String>,
    /// Every day on which something was released: an earlier program saw other changes.
    pub days: BTreeSet<Date>,
    /// The head of the ledger, which stood in every feed.
    pub head: String,
}

impl Earlier {
    fn is_day(&self, day: &str) -> bool {
        day.parse().is_ok_and(|day| self.days.contains(&day))
    }
}

/// Judges a file by the one that is `expected`. One that this program wrote is the same to the
/// byte; of another program it says the same as far as it goes.
///
/// # Errors
/// Says what is wrong with it.
pub fn judge(
    ending: &str,
    expected: &[u8],
    there: &[u8],
    frame: Frame,
    earlier: &Earlier,
) -> Result<(), String> {
    let free = frame == Frame::Unknown;
    match ending {
        _ if there == expected => Ok(()),
        "json" => {
            let Ok(there) = serde_json::from_slice::<Value>(there) else {
                return Err("this is not JSON".to_owned());
            };
            let expected: Value = serde_json::from_slice(expected).expect("JSON that we wrote");
            differs(&expected, &there, "", free.then_some(earlier)).map_or(Ok(()), Err)
        }
        "atom" if without_head(there, earlier).as_deref() == Some(expected) => Ok(()),
        "csv" if free => same_rows(expected, there),
        "atom" if free => same_news(expected, there),
        _ => {
            let [expected, there] = [expected, there].map(String::from_utf8_lossy);
            let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect();
            let [expected, there]: [Vec<String>; 2] = [lines(&expected), lines(&there)];
            let same = expected.iter().zip(&there).take_while(|(a, b)| a == b).count();
            let line = same + 1;
            let (found, wanted) = (there.get(same), expected.get(same));
            Err(format!(
                "line {line}: {}",
                other(
                    found.map(|line| short(line)).as_ref(),
                    wanted.map(|line| short(line)).as_ref()
                )
            ))
        }
    }
}

/// Returns a line in a length that can be read.
fn short(line: &str) -> String {
    let cut: String = line.trim().chars().take(80).collect();
    if cut.len() < line.trim().len() { format!("{cut}…") } else { cut }
}

/// Says where a value is not what it should be; `earlier` where another program wrote it.
fn differs(
    expected: &Value,
    there: &Value,
    place: &str,
    earlier: Option<&Earlier>,
) -> Option<String> {
    // The order of a list means nothing; earlier programs wrote it as its author did.
    let is_list = || LISTS.iter().any(|kind| kind.id == place);
    match (expected, there) {
        (Value::Object(expected), Value::Object(there)) => {
            let at = |key: &String| {
                if place.is_empty() { key.clone() } else { format!("{place}.{key}") }
            };
            // How a site was made is no word of its ledger.
            for (key, wanted) in expected.iter().filter(|(key, _)| *key != "made") {
                match there.get(key) {
                    // Earlier programs saw changes where there are none.
                    Some(Value::String(day))
                        if key == "last_modified"
                            && earlier.is_some_and(|earlier| earlier.is_day(day)) => {}
                    Some(there) => {
                        if let Some(told) = differs(wanted, there, &at(key), earlier) {
                            return Some(told);
                        }
                    }
                    None if earlier.is_some_and(|earlier| !earlier.keys.contains(key)) => {}
                    None => return Some(format!("`{}` is missing", at(key))),
                }
            }
            let more = there.keys().find(|key| !expected.contains_key(*key))?;
            Some(format!("`{}` is too much", at(more)))
        }
        (Value::Array(expected), Value::Array(there)) => {
            if expected.len() != there.len() {
                let (is, should) = (there.len(), expected.len());
                return Some(format!("`{place}` has {is} entries and not {should}"));
            }
            if earlier.is_some() && is_list() {
                let mut left: Vec<&Value> = expected.iter().collect();
                for (at, entry) in there.iter().enumerate() {
                    let Some(fits) = left
                        .iter()
                        .position(|wanted| differs(wanted, entry, "", earlier).is_none())
                    else {
                        return Some(format!("`{place}[{at}]` is no entry of the list"));
                    };
                    left.remove(fits);
                }
                return None;
            }
            let mut pairs = expected.iter().zip(there).enumerate();
            pairs.find_map(|(at, (wanted, there))| {
                differs(wanted, there, &format!("{place}[{at}]"), earlier)
            })
        }
        _ if expected == there => None,
        _ => Some(format!("`{place}` is {there} and not {expected}")),
    }
}

/// Adds every key of a JSON document.
pub fn collect_keys(json: &[u8], keys: &mut BTreeSet<String>) {
    fn collect(value: &Value, keys: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                keys.extend(object.keys().cloned());
                object.values().for_each(|value| collect(value, keys));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, keys)),
            _ => {}
        }
    }
    if let Ok(value) = serde_json::from_slice(json) {
        collect(&value, keys);
    }
}

/// Returns the version in force of each document, as the index of a site says.
pub fn in_force(index: &[u8]) -> BTreeMap<String, Option<String>> {
    let index: Value = serde_json::from_slice(index).unwrap_or_default();
    let documents = index["documents"].as_array().into_iter().flatten();
    let told = documents.filter_map(|document| {
        Some((
            document["id"].as_str()?.to_owned(),
            document["in_force"].as_str().map(str::to_owned),
        ))
    });
    told.collect()
}

/// Holds that a table has the rows of another, in any order, in the columns that it has.
fn same_rows(expected: &[u8], there: &[u8]) -> Result<(), String> {
    let (wanted, found) = (render::table_rows(expected), render::table_rows(there));
    let (Some(mut wanted), Some(found)) = (wanted, found) else {
        return Err("this is no table".to_owned());
    };
    if wanted.len() != found.len() {
        return Err(format!("there are {} rows and not {}", found.len(), wanted.len()));
    }
    for (at, row) in found.into_iter().enumerate() {
        let fits = |wanted: &BTreeMap<String, String>| {
            row.iter().all(|(column, cell)| wanted.get(column) == Some(cell))
        };
        let Some(place) = wanted.iter().position(fits) else {
            return Err(format!("row {} is no entry of the list", at + 1));
        };
        wanted.remove(place);
    }
    Ok(())
}

/// Returns a feed without its subtitle, if that names the head of the ledger: earlier programs
/// wrote it into the feed of every document.
fn without_head(feed: &[u8], earlier: &Earlier) -> Option<Vec<u8>> {
    const TAGS: [&str; 2] = ["<subtitle>", "</subtitle>"];
    let (before, rest) = std::str::from_utf8(feed).ok()?.split_once(TAGS[0])?;
    let (subtitle, after) = rest.split_once(TAGS[1])?;
    let names_head = !earlier.head.is_empty() && subtitle.contains(&earlier.head);
    names_head.then(|| [before, after].concat().into_bytes())
}

/// Holds that every entry of a feed is one of another, of the same day, and names no other days.
fn same_news(expected: &[u8], there: &[u8]) -> Result<(), String> {
    let [expected, there] = [expected, there].map(String::from_utf8_lossy);
    fn tag<'a>(entry: &'a str, name: &str) -> Option<&'a str> {
        let (_, rest) = entry.split_once(&format!("<{name}>"))?;
        rest.split_once("</").map(|(text, _)| text)
    }
    let wanted: BTreeMap<&str, &str> = expected
        .split("<entry>")
        .skip(1)
        .filter_map(|entry| Some((tag(entry, "id")?, entry)))
        .collect();
    let all: BTreeSet<_> = named(&expected).into_iter().collect();
    for entry in there.split("<entry>").skip(1) {
        let id = tag(entry, "id").unwrap_or_default();
        let Some(wanted) = wanted.get(id) else {
            return Err(format!("the entry `{id}` is of no act of the ledger"));
        };
        for name in ["published", "title"] {
            let (found, wanted) = (tag(entry, name), tag(wanted, name));
            if found != wanted {
                let [found, wanted] = [found, wanted].map(Option::unwrap_or_default);
                return Err(other(Some(&found.to_owned()), Some(&wanted.to_owned())));
            }
        }
        if let Some(day) = named(entry).into_iter().find(|day| !all.contains(day)) {
            return Err(format!("this names the day {day}, which the ledger does not give it"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(ending: &str, expected: &str, there: &str, frame: Frame) -> Result<(), String> {
        let mut earlier = Earlier::default();
        collect_keys(there.as_bytes(), &mut earlier.keys);
        earlier.days.insert("2024-01-01".parse().unwrap());
        earlier.head = "58c5d436".to_owned();
        judge(ending, expected.as_bytes(), there.as_bytes(), frame, &earlier)
    }

    #[test]
    fn an_index_says_the_same_value_by_value() {
        let wanted = r#"{"a": 1, "list": [{"day": "2024-01-02", "new": null}]}"#;
        assert_eq!(judged("json", wanted, wanted, Frame::Known), Ok(()));
        let day = wanted.replace("-02\"", "-03\"");
        for frame in [Frame::Known, Frame::Unknown] {
            assert_eq!(
                judged("json", wanted, &day, frame),
                Err("`list[0].day` is \"2024-01-03\" and not \"2024-01-02\"".to_owned())
            );
        }
        let fewer = wanted.replace(", \"new\": null", "");
        let told = Err("`list[0].new` is missing".to_owned());
        assert_eq!(judged("json", wanted, &fewer, Frame::Known), told);
        assert_eq!(judged("json", wanted, &fewer, Frame::Unknown), Ok(()), "an earlier program");
        let more = wanted.replace("\"a\"", "\"b\": 2, \"a\"");
        assert_eq!(
            judged("json", wanted, &more, Frame::Unknown),
            Err("`b` is too much".to_owned())
        );
        let none = wanted.replace("{\"day\": \"2024-01-02\", \"new\": null}", "");
        assert!(judged("json", wanted, &none, Frame::Known).is_err());
        assert!(judged("json", wanted, "x", Frame::Known).is_err());
        let stamped = r#"{"last_modified": "2024-01-02"}"#;
        let before = stamped.replace("-02\"", "-01\"");
        assert_eq!(judged("json", stamped, &before, Frame::Unknown), Ok(()));
        assert!(judged("json", stamped, &before, Frame::Own).is_err());
        assert!(judged("json", &before, stamped, Frame::Unknown).is_err());
        let list = r#"{"whitehats": [{"name": "A"}, {"name": "B"}]}"#;
        let turned = r#"{"whitehats": [{"name": "B"}, {"name": "A"}]}"#;
        assert_eq!(judged("json", list, turned, Frame::Unknown), Ok(()));
        assert!(judged("json", list, turned, Frame::Known).is_err());
        let twice = turned.replace('A', "B");
        assert!(judged("json", list, &twice, Frame::Unknown).is_err());
    }

    #[test]
    fn a_table_has_the_same_rows_in_its_columns() {
        let wanted = "name,until,new\r\nA,2024-01-02,\r\nB,,x\r\n";
        let earlier = "name,until\r\nB,\r\nA,2024-01-02\r\n";
        assert_eq!(judged("csv", wanted, earlier, Frame::Unknown), Ok(()));
        let told = judged("csv", wanted, &earlier.replace("-02", "-03"), Frame::Unknown);
        assert_eq!(told, Err("row 2 is no entry of the list".to_owned()));
        assert!(judged("csv", wanted, "name\r\nA\r\n", Frame::Unknown).is_err());
        assert!(judged("csv", wanted, earlier, Frame::Own).unwrap_err().starts_with("line 1: "));
    }

    #[test]
    fn a_feed_tells_what_the_ledger_tells() {
        let entry = |id: &str, day: &str| {
            format!("<entry><title>T</title><id>{id}</id><published>{day}</published></entry>")
        };
        let wanted = entry("a", "2024-01-02") + &entry("b", "2024-02-03");
        let told = |there: &str| judged("atom", &wanted, there, Frame::Unknown);
        assert_eq!(told(&entry("b", "2024-02-03")), Ok(()));
        assert!(told(&entry("c", "2024-02-03")).is_err());
        assert!(told(&entry("b", "2024-02-04")).is_err());
        assert!(told(&entry("b", "2024-02-03").replace("T<", "U<")).is_err());
        assert!(told(&entry("b", "2024-02-03").replace("</entry>", "5 May 2024</entry>")).is_err());
    }

    #[test]
    fn a_feed_may_name_the_head_of_the_ledger_and_no_other() {
        let wanted = "<feed><title>T</title><entry></entry></feed>";
        let told = |subtitle: &str| {
            let there = wanted.replace("<entry>", &format!("{subtitle}<entry>"));
            judged("atom", wanted, &there, Frame::Own)
        };
        assert_eq!(told("<subtitle>Ledger head 58c5d436</subtitle>"), Ok(()));
        assert!(told("<subtitle>Ledger head 1f413e0b</subtitle>").is_err());
        assert!(told("<subtitle>Ledger head 58c5d436</subtitle>x").is_err());
    }
}
