//! The binary as a child process: its exit code, and what it wrote.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::{Instant, sleep};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_tidelock");

/// Longer than anything here takes, on a machine that is busy with other tests too.
const PATIENCE: Duration = Duration::from_mins(2);
const GLANCE: Duration = Duration::from_millis(20);

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Nothing, if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Itself, if it ended with this code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Ended {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Ended {
        let said = self.out.contains(part) || self.err.contains(part);
        assert!(said, "no {part:?} in stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        let parsed = serde_json::from_str(&self.out);
        parsed.unwrap_or_else(|error| panic!("{error} in stdout:\n{}", self.out))
    }
}

/// A command that runs; it dies with its test.
pub(crate) struct Running {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    /// Output goes to files, which nobody needs to drain.
    pub(crate) fn start(command: &mut Command, files: &Path, number: usize) -> Running {
        let out = files.join(format!("{number}.out"));
        let err = files.join(format!("{number}.err"));
        let child = command
            .stdin(Stdio::null())
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap();
        Running { child, out, err }
    }

    pub(crate) fn out(&self) -> String {
        fs::read_to_string(&self.out).unwrap()
    }

    pub(crate) fn err(&self) -> String {
        fs::read_to_string(&self.err).unwrap()
    }

    pub(crate) fn out_file(&self) -> PathBuf {
        self.out.clone()
    }

    pub(crate) fn err_file(&self) -> PathBuf {
        self.err.clone()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// `TERM`, `HUP`, as kill(1) knows them.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap();
        assert!(status.success(), "kill -{name} {pid}");
    }

    /// SIGKILL, and not a word more from it.
    pub(crate) fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        let code = self.child.wait().unwrap().code();
        Ended { code, out: self.out(), err: self.err() }
    }

    pub(crate) async fn ended(mut self) -> Ended {
        let start = Instant::now();
        while !self.has_ended() {
            let late = start.elapsed() > PATIENCE;
            assert!(!late, "it does not end; stdout:\n{}\nstderr:\n{}", self.out(), self.err());
            sleep(GLANCE).await;
        }
        let code = self.child.wait().unwrap().code();
        Ended { code, out: self.out(), err: self.err() }
    }

    /// Watches until it has come to pass.
    pub(crate) async fn until(&mut self, what: &str, done: impl FnMut() -> bool) {
        self.until_within(PATIENCE, what, done).await;
    }

    pub(crate) async fn until_within(
        &mut self,
        patience: Duration,
        what: &str,
        mut done: impl FnMut() -> bool,
    ) {
        let start = Instant::now();
        while !done() {
            let late = start.elapsed() > patience || self.has_ended();
            assert!(!late, "not true: {what}; stdout:\n{}\nstderr:\n{}", self.out(), self.err());
            sleep(GLANCE).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, or it must not outlive its test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
