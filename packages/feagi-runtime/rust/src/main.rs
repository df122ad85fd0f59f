//! The native twin: the same engine without WebAssembly around it, for one question only: what does the module cost?
//! `feagi-engine-native GENOME BINDING SAMPLES HOLD READ SETTLE` presents pseudo-random samples and prints one JSON line with
//! the seconds, the readings' count and the connectome's hash. GENOME and BINDING are files with the texts that the host
//! gives to `develop` and `bind`.
//! Sharp edge: its map keys come from the operating system, so neuron numbers and last bits of sums are not those of the module.
use feagi_engine::brain::develop::Request;
use feagi_engine::brain::present::Timing;
use feagi_engine::brain::Brain;
use feagi_engine::fault::{fault, Blame, Kind, Outcome};
use feagi_engine::genome::Budget;
use serde_json::json;
use std::time::Instant;

const VOXELS: u64 = 10_000_000;
const SYNAPSES: u64 = 100_000_000;

fn run(arguments: &[String]) -> Outcome<String> {
    let [genome, binding, numbers @ ..] = arguments else {
        return fault(Kind::PayloadInvalid, "usage: feagi-engine-native GENOME BINDING SAMPLES HOLD READ SETTLE");
    };
    let numbers: Vec<u32> = numbers.iter().map(|text| text.parse::<u32>().shown(Kind::PayloadInvalid)).collect::<Outcome<_>>()?;
    let [samples, hold, read, settle] = numbers[..] else {
        return fault(Kind::PayloadInvalid, "SAMPLES HOLD READ SETTLE are four whole numbers");
    };
    let genome = std::fs::read_to_string(genome).shown(Kind::PayloadInvalid)?;
    let binding = std::fs::read_to_string(binding).shown(Kind::PayloadInvalid)?;
    let start = Instant::now();
    let budget = Budget { voxels: VOXELS, synapses: SYNAPSES };
    let mut brain = Brain::develop(&Request { genome: &genome, strict: true, budget, relies_on: vec![], origin: [0; 32] })?;
    let develop_seconds = start.elapsed().as_secs_f64();
    let shape = brain.bind(&serde_json::from_str(&binding).shown(Kind::PayloadInvalid)?)?;
    let width = |side: &str| -> usize {
        shape[side].as_array().into_iter().flatten().filter_map(|channel| channel["width"].as_u64()).sum::<u64>() as usize
    };
    let (inputs, outputs) = (width("inputs"), width("outputs"));
    let channels = shape["outputs"].as_array().map_or(0, Vec::len);
    let mut state = 12345u32;
    let batch: Vec<f32> = (0..samples as usize * inputs)
        .map(|_| {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            (state >> 8) as f32 / 16_777_216.0
        })
        .collect();
    let mut readings = vec![0.0; samples as usize * outputs];
    let mut silent = vec![0; samples as usize * channels];
    let start = Instant::now();
    brain.present(&batch, &Timing { hold, read, settle }, &mut readings, &mut silent)?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(json!({
        "samples": samples, "seconds": seconds, "developSeconds": develop_seconds,
        "silent": silent.iter().map(|flag| u32::from(*flag)).sum::<u32>(), "connectome": brain.hash("connectome")?
    })
    .to_string())
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
