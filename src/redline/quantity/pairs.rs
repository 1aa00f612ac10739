//! Which quantity of one version became which of the other, and how that is told.

use std::collections::{BTreeMap, VecDeque};

use crate::redline::quantity::form::{Form, Quantity};
use crate::redline::quantity::lexeme::{HYPHENS, SPACES};
use crate::redline::quantity::number;

/// Returns the old value, new value and shared unit; `None` if equal. The unit is shared if both
/// have it behind the number; else it is empty, and each value is written with its own.
pub fn told(old: (&str, &Quantity), new: (&str, &Quantity)) -> Option<(String, String, String)> {
    let value = |side: (&str, &Quantity)| typed(&side.0[side.1.value.clone()]);
    let unit = |side: (&str, &Quantity)| typed(&side.0[side.1.unit.clone()]);
    let same_unit = unit(old) == unit(new);
    let equal = value(old) == value(new) || number::is_same(&value(old), &value(new));
    if equal && same_unit && old.1.form == new.1.form {
        return None;
    }
    let behind = |side: (&str, &Quantity)| side.1.unit.start >= side.1.value.end;
    if same_unit && behind(old) && behind(new) {
        let text = |side: (&str, &Quantity)| side.0[side.1.value.clone()].to_owned();
        return Some((text(old), text(new), new.0[new.1.unit.clone()].to_owned()));
    }
    Some((old.1.quoted(old.0), new.1.quoted(new.0), String::new()))
}

/// Returns letters as they would be typed plainly.
fn typed(letters: &str) -> String {
    let plain = |letter: char| match letter {
        _ if SPACES.contains(&letter) => ' ',
        _ if HYPHENS.contains(&letter) => '-',
        '’' => '\'',
        _ => letter,
    };
    letters.chars().map(plain).collect()
}

/// Returns which old quantity became which new one, as places in both: those that count the same,
/// in their order, then the one that is left on either side. What is left in numbers is paired with
/// nothing: nothing is guessed.
pub fn pairs(old: &[(&str, &Quantity)], new: &[(&str, &Quantity)]) -> Vec<(usize, usize)> {
    let quoted = |side: &(&str, &Quantity)| (side.1.form, typed(&side.1.quoted(side.0)));
    let measure = |side: &(&str, &Quantity)| (side.1.form, typed(&side.0[side.1.unit.clone()]));
    let (mut left, mut right): (Vec<usize>, Vec<usize>) =
        ((0..old.len()).collect(), (0..new.len()).collect());
    let mut pairs = Vec::new();
    for alike in [&quoted as &dyn Fn(&(&str, &Quantity)) -> (Form, String), &measure] {
        let mut places: BTreeMap<(Form, String), VecDeque<usize>> = BTreeMap::new();
        right.iter().for_each(|to| places.entry(alike(&new[*to])).or_default().push_back(*to));
        left.retain(|from| {
            match places.get_mut(&alike(&old[*from])).and_then(VecDeque::pop_front) {
                Some(to) => {
                    pairs.push((*from, to));
                    false
                }
                None => true,
            }
        });
        right = places.into_values().flatten().collect();
        right.sort_unstable();
    }
    if let ([from], [to]) = (&left[..], &right[..]) {
        pairs.extend((old[*from].1.form == new[*to].1.form).then_some((*from, *to)));
    }
    pairs.sort_by_key(|pair| pair.1);
    pairs
}
