//! Where a vendor's program is: in the directory that a variable names, or on the `PATH`. Nothing is fetched.
//!
//! Whoever sets the variable wants to be judged: what cannot be had then is a failure, and else a word.

use crate::served::run;
use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The program, where those that it needs start too.
#[expect(clippy::disallowed_methods, reason = "where a program is, only the environment knows")]
pub(crate) fn program(variable: &str, name: &str, needs: &[&str]) -> Option<PathBuf> {
    let named = env::var_os(variable).filter(|named| !named.is_empty()).map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    match find(named.as_ref(), env::split_paths(&path).collect(), name, needs) {
        Ok(program) => Some(program),
        Err(reason) => {
            assert!(named.is_none(), "not judged, though {variable} is set: {reason}");
            println!("not judged: {reason}; {variable} can name its directory");
            None
        }
    }
}

fn find(
    named: Option<&PathBuf>,
    path: Vec<PathBuf>,
    name: &str,
    needs: &[&str],
) -> Result<PathBuf, String> {
    let places = named.map_or(path, |named| vec![named.clone()]);
    let found = places.iter().map(|place| place.join(name)).find(|program| program.is_file());
    let found = found.ok_or_else(|| format!("there is no {name} in {places:?}"))?;
    for need in needs {
        run(Command::new(need).arg("version"))?;
    }
    Ok(found)
}

#[test]
fn a_directory_that_is_named_is_the_only_one() {
    let nowhere = PathBuf::from("/nowhere");
    let bin = vec![PathBuf::from("/bin")];
    assert_eq!(find(None, bin.clone(), "sh", &[]), Ok("/bin/sh".into()));
    assert!(find(Some(&nowhere), bin.clone(), "sh", &[]).is_err());
    assert!(find(None, bin, "sh", &["/nowhere/terraform"]).is_err());
}
