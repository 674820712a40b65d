//! What is read of a packaged chart itself: its facts and default values. Pure.

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::Read;

/// Most bytes of an unpacked chart: gzip may expand a thousandfold.
const UNPACKED: u64 = 128 << 20;

/// What a chart says.
pub(super) struct Content {
    /// `Chart.yaml`.
    pub(super) metadata: Value,
    /// `values.yaml`; empty without one.
    pub(super) values: Value,
    /// Whether a template mentions `.Capabilities`.
    pub(super) capabilities: bool,
}

/// Reads a `.tgz` file.
///
/// # Errors
/// It is no packaged chart; says why.
pub(super) fn read(bytes: &[u8]) -> Result<Content, String> {
    let mut archive = tar::Archive::new(GzDecoder::new(bytes).take(UNPACKED));
    let (mut metadata, mut values, mut capabilities) = (None, json!({}), false);
    let broken = |error: std::io::Error| format!("is no packaged chart: {error}");
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.to_string_lossy().into_owned();
        let mut text = vec![];
        entry.read_to_end(&mut text).map_err(broken)?;
        match path.split_once('/').map(|(_, inner)| inner) {
            Some("Chart.yaml") => metadata = Some(yaml(&text, "Chart.yaml")?),
            Some("values.yaml") if !text.trim_ascii().is_empty() => values = yaml(&text, "values.yaml")?,
            _ => capabilities |= path.contains("/templates/") && has(&text, b".Capabilities"),
        }
    }
    // A file of comments alone says null.
    let values = if values.is_null() { json!({}) } else { values };
    Ok(Content {
        metadata: metadata.ok_or("is no packaged chart: it has no Chart.yaml")?,
        values,
        capabilities,
    })
}

fn yaml(text: &[u8], file: &str) -> Result<Value, String> {
    serde_saphyr::from_slice(text).map_err(|error| format!("{file} is no YAML: {error}"))
}

fn has(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}
