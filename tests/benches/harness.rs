//! Measures time and memory, and says each in one line.

use std::hint::black_box;
use std::time::{Duration, Instant};

const RUNS: usize = 31;

/// The median of many runs, and their spread, of work on something that is made anew each time.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub(crate) fn time<Input, Output>(
    what: &str,
    count: usize,
    mut input: impl FnMut() -> Input,
    mut work: impl FnMut(Input) -> Output,
) {
    let mut run = || {
        let input = input();
        let begun = Instant::now();
        let output = black_box(work(black_box(input)));
        let elapsed = begun.elapsed();
        drop(output);
        elapsed
    };
    run();
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    times.sort();
    let (least, median, most) = (times[0], times[RUNS / 2], times[RUNS - 1]);
    let each = median.as_nanos() / count.max(1) as u128;
    say(&format!(
        "{what}: median {:.2} ms ({:.2} to {:.2} in {RUNS} runs), {each} ns each of {count}",
        milliseconds(median),
        milliseconds(least),
        milliseconds(most),
    ));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::print_stdout, reason = "the figures are what a bench is for")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Resident now, and at most so far, in KiB.
#[derive(Clone, Copy)]
pub(crate) struct Resident {
    pub(crate) now: u64,
    pub(crate) peak: u64,
}

/// As Linux counts it.
pub(crate) fn resident() -> Resident {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let digits = line.and_then(|rest| rest.split_whitespace().next());
        digits.and_then(|digits| digits.parse().ok()).expect("Linux tells a process its size")
    };
    Resident { now: field("VmRSS:"), peak: field("VmHWM:") }
}

/// On one core, in virtual time: no budget makes a bench wait.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().expect("a runtime needs nothing")
}
