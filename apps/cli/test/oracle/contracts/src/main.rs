//! Reads every document of an export with the crates that define its format, writes it again, and compares the two as values.
//!
//! `contracts-oracle FOLDER`: the folder holds `index.json` as `run export --contracts` writes it. What the trainer adds under the
//! top-level key `x_feagi_trainer` is unknown to the crates and left out of the comparison; nothing else is. One line per contract on
//! stdout, one per failure on stderr; exit 1 when there is any failure, or when a document that is marked unreadable can be read.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use feagi_dataset_contracts::DatasetVersionId;
use feagi_trainer::contracts::{
    DatasetManifest, EvaluationSpec, IRSample, MetricStat, PredictionRecord, RunEvent, RunSpec,
    RunSummary, Scorecard,
};
use serde::{de::DeserializeOwned, Serialize};
use serde_json::Value;

const EXTENSION: &str = "x_feagi_trainer";

/// Reads the text as `T`, writes it and gives what it is then.
fn through<T: DeserializeOwned + Serialize>(text: &str) -> Result<Value, String> {
    let document: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    serde_json::to_value(&document).map_err(|error| error.to_string())
}

fn reread(contract: &str, text: &str) -> Result<Value, String> {
    match contract {
        "DatasetManifest" => through::<DatasetManifest>(text),
        "EvaluationSpec" => through::<EvaluationSpec>(text),
        "IRSample" => through::<IRSample>(text),
        "MetricStat" => through::<MetricStat>(text),
        "PredictionRecord" => through::<PredictionRecord>(text),
        "RunEvent" => through::<RunEvent>(text),
        "RunSpec" => through::<RunSpec>(text),
        "RunSummary" => through::<RunSummary>(text),
        "Scorecard" => through::<Scorecard>(text),
        other => Err(format!("the crates have no contract {other}")),
    }
}

/// The first place where two values differ.
fn difference(path: &str, ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: std::collections::BTreeSet<&String> =
                left.keys().chain(right.keys()).collect();
            keys.into_iter()
                .find_map(|key| match (left.get(key), right.get(key)) {
                    (Some(left), Some(right)) => difference(&format!("{path}/{key}"), left, right),
                    (Some(left), None) => Some(format!("{path}/{key}: {left} is lost")),
                    (None, Some(right)) => Some(format!("{path}/{key}: {right} is added")),
                    (None, None) => None,
                })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => left
            .iter()
            .zip(right)
            .enumerate()
            .find_map(|(index, (left, right))| difference(&format!("{path}/{index}"), left, right)),
        // 3 and 3.0 are one number: JavaScript writes the first, Rust the second.
        (Value::Number(left), Value::Number(right))
            if left == right
                || left.as_f64() == right.as_f64() && (left.is_f64() || right.is_f64()) =>
        {
            None
        }
        _ if ours == theirs => None,
        _ => Some(format!("{path}: {ours} becomes {theirs}")),
    }
}

fn check(folder: &Path, contract: &str, file: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(folder.join(file)).map_err(|error| error.to_string())?;
    let mut ours: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if let Some(fields) = ours.as_object_mut() {
        fields.remove(EXTENSION);
    }
    let theirs = reread(contract, &text)?;
    difference("", &ours, &theirs).map_or(Ok(()), Err)
}

fn run(folder: &Path) -> Result<bool, String> {
    let index = std::fs::read_to_string(folder.join("index.json"))
        .map_err(|error| format!("index.json: {error}"))?;
    let index: Value =
        serde_json::from_str(&index).map_err(|error| format!("index.json: {error}"))?;
    let documents = index["documents"]
        .as_array()
        .ok_or("index.json: documents is no list")?;
    let mut equal: BTreeMap<&str, usize> = BTreeMap::new();
    let mut good = true;
    for document in documents {
        let (contract, file, readable) = match (
            &document["contract"],
            &document["file"],
            &document["upstream_readable"],
        ) {
            (Value::String(contract), Value::String(file), Value::Bool(readable)) => {
                (contract.as_str(), file.as_str(), *readable)
            }
            _ => return Err(format!("index.json: {document} is no entry")),
        };
        match (readable, check(folder, contract, file)) {
            (true, Ok(())) => *equal.entry(contract).or_default() += 1,
            (true, Err(error)) => {
                good = false;
                eprintln!("{file}: {error}");
            }
            (false, Ok(())) => {
                good = false;
                eprintln!("{file}: is marked as unreadable and can be read");
            }
            (false, Err(_)) => {}
        }
    }
    // The ids of a dataset come from the other crate: what it reads is what a manifest says.
    let manifest: Value = std::fs::read_to_string(folder.join("DatasetManifest-00.json"))
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()))?;
    let id: DatasetVersionId = serde_json::from_value(manifest["dataset_version_id"].clone())
        .map_err(|error| error.to_string())?;
    if serde_json::to_value(&id).ok().as_ref() != Some(&manifest["dataset_version_id"]) {
        return Err("DatasetManifest-00.json: dataset_version_id does not survive".into());
    }
    for (contract, count) in equal {
        println!("{contract} {count}");
    }
    Ok(good)
}

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: contracts-oracle FOLDER");
        return ExitCode::from(2);
    };
    match run(Path::new(&folder)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
