//! What the runs say, as lines to read: medians and best cases, ratios pair by pair, and how cost
//! grows with the pages.

use std::fmt::Write as _;

use crate::child::Cost;

/// One kind of build of one site, measured once a round.
pub struct Row {
    /// What is built: `policybook cold`.
    pub name: &'static str,
    /// What each round took, in order.
    pub costs: Vec<Cost>,
    /// How many files the last build wrote.
    pub written: usize,
    /// How many files the site has.
    pub files: usize,
}

/// The exponent up to which growth is called linear: what caches and neighbours cost is less.
const LINEAR: f64 = 1.1;

impl Row {
    fn wall(&self) -> Vec<f64> {
        self.costs.iter().map(|cost| cost.wall.as_secs_f64()).collect()
    }

    fn cpu(&self) -> Vec<f64> {
        self.costs.iter().map(|cost| cost.cpu.as_secs_f64()).collect()
    }

    fn peak(&self) -> Vec<f64> {
        self.costs.iter().map(|cost| cost.peak as f64).collect()
    }
}

/// Returns the figures of each build of a site of `pages` pages.
pub fn figures(rows: &[Row], pages: usize) -> String {
    let mut text = format!(
        "{:<22}{:>9}{:>9}{:>9}{:>9}{:>10}{:>9}{:>9}{:>10}{:>9}\n",
        "", "wall ms", "min", "CPU ms", "min", "pages/s", "peak MB", "min", "written", "files"
    );
    for row in rows {
        let (wall, cpu, peak) = (row.wall(), row.cpu(), row.peak());
        let _ = writeln!(
            text,
            "{:<22}{:>9.1}{:>9.1}{:>9.1}{:>9.1}{:>10.0}{:>9.1}{:>9.1}{:>10}{:>9}",
            row.name,
            median(&wall) * 1e3,
            least(&wall) * 1e3,
            median(&cpu) * 1e3,
            least(&cpu) * 1e3,
            pages as f64 / median(&wall),
            median(&peak) / 1e6,
            least(&peak) / 1e6,
            row.written,
            row.files,
        );
    }
    text
}

/// Returns what each build costs as a share of what `peer` costs: the median of the rounds, each
/// compared in itself.
pub fn shares(rows: &[Row], peer: &Row) -> String {
    let share = |own: Vec<f64>, other: Vec<f64>| {
        median(&own.iter().zip(&other).map(|(own, other)| own / other).collect::<Vec<_>>())
    };
    let mut text = format!(
        "{:<22}{:>9}{:>9}{:>9}\n",
        format!("as a share of {}", peer.name),
        "wall",
        "CPU",
        "peak"
    );
    for row in rows {
        let (wall, cpu, peak) = (
            share(row.wall(), peer.wall()),
            share(row.cpu(), peer.cpu()),
            share(row.peak(), peer.peak()),
        );
        let _ = writeln!(text, "{:<22}{wall:>9.3}{cpu:>9.3}{peak:>9.3}", row.name);
    }
    text
}

/// Returns the least CPU time of a smaller and a larger site, and the exponent with which it grows.
pub fn growth(few: (usize, &[Row]), many: (usize, &[Row])) -> String {
    let cpu = |row: &Row| least(&row.cpu()) * 1e3;
    let mut text =
        format!("{:<22}{:>12}{:>12}{:>10}\n", "CPU ms of pages", few.0, many.0, "exponent");
    for (small, large) in few.1.iter().zip(many.1) {
        let (before, after) = (cpu(small), cpu(large));
        let exponent = (after / before).ln() / (many.0 as f64 / few.0 as f64).ln();
        let word = if exponent <= LINEAR { "linear" } else { "more than linear" };
        let _ =
            writeln!(text, "{:<22}{before:>12.1}{after:>12.1}{exponent:>10.2}  {word}", small.name);
    }
    text
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
