//! The native twin: the same engine without WebAssembly around it, for one question only: what does the module cost?
//! `feagi-engine-native GENOME BINDING BATCH PASSES HOLD READ SETTLE` presents a batch PASSES times to one brain and prints one
//! JSON line: for each pass the seconds, the silent outputs and what the brain did, and at the end the connectome's hash. GENOME
//! and BINDING are files with the texts that the host gives to `develop` and `bind`, BATCH one of little-endian floats.
//! Sharp edge: its map keys come from the operating system, so neuron numbers and last bits of sums are not those of the module.
use feagi_engine::brain::develop::Request;
use feagi_engine::brain::present::Timing;
use feagi_engine::brain::Brain;
use feagi_engine::coders::form::Numbers;
use feagi_engine::fault::{fault, Blame, Kind, Outcome};
use feagi_engine::genome::Budget;
use serde_json::{json, Value};
use std::time::Instant;

const VOXELS: u64 = 10_000_000;
const SYNAPSES: u64 = 100_000_000;
const FLOAT_BYTES: usize = 4;

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(FLOAT_BYTES).map(|word| f32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

fn run(arguments: &[String]) -> Outcome<String> {
    let [genome, binding, batch, numbers @ ..] = arguments else {
        return fault(Kind::PayloadInvalid, "usage: feagi-engine-native GENOME BINDING BATCH PASSES HOLD READ SETTLE");
    };
    let numbers: Vec<u32> = numbers.iter().map(|text| text.parse::<u32>().shown(Kind::PayloadInvalid)).collect::<Outcome<_>>()?;
    let [passes, hold, read, settle] = numbers[..] else {
        return fault(Kind::PayloadInvalid, "PASSES HOLD READ SETTLE are four whole numbers");
    };
    let genome = std::fs::read_to_string(genome).shown(Kind::PayloadInvalid)?;
    let binding = std::fs::read_to_string(binding).shown(Kind::PayloadInvalid)?;
    let batch = floats(&std::fs::read(batch).shown(Kind::PayloadInvalid)?);
    let budget = Budget { voxels: VOXELS, synapses: SYNAPSES };
    let mut brain = Brain::develop(&Request { genome: &genome, strict: true, budget, relies_on: vec![], origin: [0; 32] })?;
    let shape = brain.bind(&serde_json::from_str(&binding).shown(Kind::PayloadInvalid)?)?;
    let width = |side: &str| -> usize {
        shape[side].as_array().into_iter().flatten().filter_map(|channel| channel["width"].as_u64()).sum::<u64>() as usize
    };
    let (inputs, outputs) = (width("inputs"), width("outputs"));
    let channels = shape["outputs"].as_array().map_or(0, Vec::len);
    let samples = batch.len().checked_div(inputs).unwrap_or(0);
    let mut readings = vec![0.0; samples * outputs];
    let mut silent = vec![0; samples * channels];
    let mut done: Vec<Value> = vec![];
    for _ in 0..passes {
        let start = Instant::now();
        brain.present(Numbers::Floats(&batch), &Timing { hold, read, settle }, &mut readings, &mut silent)?;
        let seconds = start.elapsed().as_secs_f64();
        let silent: u32 = silent.iter().map(|flag| u32::from(*flag)).sum();
        done.push(json!({ "seconds": seconds, "silent": silent, "activity": brain.activity() }));
    }
    Ok(json!({ "samples": samples, "passes": done, "connectome": brain.hash("connectome")? }).to_string())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(line) => println!("{line}"),
        Err(fault) => {
            eprintln!("{}: {}", fault.kind.name(), fault.text);
            std::process::exit(1);
        }
    }
}
