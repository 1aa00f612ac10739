//! How much work goes where, by clocks that are handed in: nothing in here knows the time.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// What tells the time.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    /// How long it has been since some moment.
    pub wall: fn() -> Duration,
    /// How much processor time the program has used.
    pub program: fn() -> Duration,
    /// How much processor time the thread that asks has used.
    pub thread: fn() -> Duration,
}

/// How long the stages of a run took, and the kinds of work in them.
#[derive(Debug, Default)]
pub struct Timings {
    clocks: Option<Clocks>,
    stages: Mutex<Vec<Stage>>,
    work: Mutex<BTreeMap<String, Work>>,
}

/// What a stage took; one follows the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What is done in it.
    pub name: &'static str,
    /// How long it took.
    pub wall: Duration,
    /// How much processor time, on all cores.
    pub cpu: Duration,
}

/// What a kind of work took that is done many times, on all cores at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// How often it was done.
    pub times: u64,
    /// How much processor time all of it took.
    pub cpu: Duration,
}

impl Timings {
    /// Returns timings by these clocks; without them nothing is counted.
    pub fn by(clocks: Clocks) -> Timings {
        Timings { clocks: Some(clocks), ..Timings::default() }
    }

    /// Goes through a stage.
    pub fn stage<T>(&self, name: &'static str, through: impl FnOnce() -> T) -> T {
        let Some(Clocks { wall, program, .. }) = self.clocks else { return through() };
        let before = (wall(), program());
        let done = through();
        let (wall, cpu) = (wall().saturating_sub(before.0), program().saturating_sub(before.1));
        let stage = Stage { name, wall, cpu };
        self.stages.lock().expect("nobody panics while counting").push(stage);
        done
    }

    /// Does a piece of work of this kind, on this thread alone.
    pub fn work<T>(&self, kind: &str, work: impl FnOnce() -> T) -> T {
        let Some(Clocks { thread, .. }) = self.clocks else { return work() };
        let before = thread();
        let done = work();
        let cpu = thread().saturating_sub(before);
        let mut all = self.work.lock().expect("nobody panics while counting");
        let all = all.entry(kind.to_owned()).or_default();
        (all.times, all.cpu) = (all.times + 1, all.cpu + cpu);
        done
    }

    /// Returns the stages, in their order.
    pub fn stages(&self) -> Vec<Stage> {
        self.stages.lock().expect("nobody panics while counting").clone()
    }

    /// Returns the kinds of work, what took longest first.
    pub fn kinds(&self) -> Vec<(String, Work)> {
        let kinds = self.work.lock().expect("nobody panics while counting").clone();
        let mut kinds: Vec<(String, Work)> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, work)| Reverse(work.cpu));
        kinds
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local!(static NOW: Cell<u64> = const { Cell::new(0) });

    #[test]
    fn stages_stand_in_their_order_and_work_by_what_it_took() {
        let seconds = Duration::from_secs;
        let (now, half) =
            (|| Duration::from_secs(NOW.get()), || Duration::from_secs(NOW.get() / 2));
        let timings = Timings::by(Clocks { wall: half, program: now, thread: now });
        let pass = |seconds: u64| move || NOW.set(NOW.get() + seconds);
        timings.stage("read", pass(2));
        timings.stage("render", || {
            timings.work("short", pass(1));
            timings.work("long", pass(5));
            timings.work("short", pass(2));
        });
        let stage = |name, wall, cpu| Stage { name, wall: seconds(wall), cpu: seconds(cpu) };
        assert_eq!(timings.stages(), [stage("read", 1, 2), stage("render", 4, 8)]);
        let work = |times, cpu| Work { times, cpu: seconds(cpu) };
        assert_eq!(
            timings.kinds(),
            [("long".to_owned(), work(1, 5)), ("short".to_owned(), work(2, 3))]
        );
        let off = Timings::default();
        assert_eq!(off.stage("read", || off.work("long", || 1)), 1);
        assert!(off.stages().is_empty() && off.kinds().is_empty());
    }
}
