//! What becomes of a test whose judge cannot be had: a word, or a failure where `TIDELOCK_JUDGES=required`.
//!
//! Every test file with a judge in Python includes it. A machine that must judge would else be green for having judged
//! nothing.

const VARIABLE: &str = "TIDELOCK_JUDGES";

/// Fails, where judges are required.
#[expect(clippy::disallowed_methods, reason = "what is required, only the environment knows")]
pub(crate) fn not_judged(reason: &str) {
    let setting = std::env::var(VARIABLE).unwrap_or_default();
    match verdict(&setting, reason) {
        Ok(word) => println!("{word}"),
        Err(failure) => panic!("{failure}"),
    }
}

/// A word to print, or the failure.
fn verdict(setting: &str, reason: &str) -> Result<String, String> {
    match setting {
        "" => Ok(format!("not judged: {reason}")),
        "required" => Err(format!("not judged, though {VARIABLE}=required: {reason}")),
        other => Err(format!("{VARIABLE} is `required` or not set, and never {other:?}")),
    }
}

#[test]
fn what_is_required_must_be_had() {
    assert_eq!(verdict("", "no python3"), Ok("not judged: no python3".into()));
    let failure = "not judged, though TIDELOCK_JUDGES=required: no python3";
    assert_eq!(verdict("required", "no python3"), Err(failure.into()));
    assert!(verdict("yes", "no python3").is_err());
}
