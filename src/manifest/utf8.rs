//! From bytes to text, or why it is none.

use super::Finding;
use super::source::{Source, Span};
use std::sync::Arc;

const BOM: &str = "\u{feff}";

pub(crate) fn decode(file: &Arc<str>, bytes: Vec<u8>) -> Result<Source, Box<Finding>> {
    let remedy = "save it as UTF-8 text";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let finding = Finding::error("encoding", "the file is UTF-16", remedy);
        return Err(Box::new(finding.of(file.clone())));
    }
    if bytes.contains(&0) {
        let finding = Finding::error("encoding", "the file is binary", "keep only manifests here");
        return Err(Box::new(finding.of(file.clone())));
    }
    match String::from_utf8(bytes) {
        // Some editors write a byte order mark; it says nothing, and would shift every column of the first line.
        Ok(text) => {
            let text = text.strip_prefix(BOM).map(ToOwned::to_owned).unwrap_or(text);
            lfs(file, &text)?;
            Ok(Source { file: file.clone(), text })
        }
        Err(error) => {
            let start = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = Source { file: file.clone(), text };
            let span = Span { end: start + '\u{fffd}'.len_utf8(), ..source.span_of(start) };
            let finding = Finding::error("encoding", "a byte that is not UTF-8", remedy);
            Err(Box::new(finding.at(source.place(span, ""))))
        }
    }
}

/// What a checkout without Git LFS leaves in place of a file.
fn lfs(file: &Arc<str>, text: &str) -> Result<(), Box<Finding>> {
    if !text.starts_with("version https://git-lfs.github.com/spec/") {
        return Ok(());
    }
    let remedy = "run `git lfs pull`, or keep manifests out of Git LFS";
    let finding = Finding::error("lfs-pointer", "a Git LFS pointer, not the file itself", remedy);
    Err(Box::new(finding.of(file.clone())))
}
