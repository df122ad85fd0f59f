//! Writes `vectors.json`: what `rand_chacha::ChaCha8Rng` answers, for the TypeScript generator to be compared with.
//!
//!     CARGO_TARGET_DIR=<outside the repository> cargo run --locked --quiet > vectors.json
//!
//! Words and word positions are decimal strings where they may pass 2^53.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn words32(rng: &mut ChaCha8Rng, count: usize) -> String {
    let words: Vec<String> = (0..count).map(|_| rng.next_u32().to_string()).collect();
    format!("[{}]", words.join(","))
}

fn words64(rng: &mut ChaCha8Rng, count: usize) -> String {
    let words: Vec<String> = (0..count).map(|_| format!("\"{}\"", rng.next_u64())).collect();
    format!("[{}]", words.join(","))
}

fn counting_seed() -> [u8; 32] {
    core::array::from_fn(|index| (index * 7 + 1) as u8)
}

/// Four kinds of reads in turn, so that a read that starts in the middle of a block, or of a word, is covered.
fn mixed(rng: &mut ChaCha8Rng) -> String {
    let mut steps = Vec::new();
    for round in 0..40usize {
        let step = match round % 4 {
            0 => format!("{{\"read\":\"u32\",\"value\":\"{}\"", rng.next_u32()),
            1 => format!("{{\"read\":\"u64\",\"value\":\"{}\"", rng.next_u64()),
            2 => {
                let mut bytes = vec![0u8; round * 3 % 23];
                rng.fill_bytes(&mut bytes);
                format!("{{\"read\":\"bytes\",\"length\":{},\"value\":\"{}\"", bytes.len(), hex(&bytes))
            }
            _ => {
                let mut bytes = vec![0u8; 64 + round * 5];
                rng.fill_bytes(&mut bytes);
                format!("{{\"read\":\"bytes\",\"length\":{},\"value\":\"{}\"", bytes.len(), hex(&bytes))
            }
        };
        steps.push(format!("{step},\"wordPos\":\"{}\"}}", rng.get_word_pos()));
    }
    format!("[\n    {}\n  ]", steps.join(",\n    "))
}

fn main() {
    let mut zero = [0u8; 256];
    ChaCha8Rng::from_seed([0; 32]).fill_bytes(&mut zero);
    let mut counting = [0u8; 256];
    ChaCha8Rng::from_seed(counting_seed()).fill_bytes(&mut counting);

    let from_u64: Vec<String> = [0u64, 1, 42, 0xffff_ffff, 0x1_0000_0000, 1 << 53, (1 << 53) + 1, u64::MAX]
        .iter()
        .map(|&seed| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let key = hex(&rng.get_seed());
            format!("{{\"seed\":\"{seed}\",\"key\":\"{key}\",\"u64\":{}}}", words64(&mut rng, 5))
        })
        .collect();

    let streams: Vec<String> = [0u64, 1, 0xffff_ffff, 0x1_0000_0000, u64::MAX]
        .iter()
        .map(|&stream| {
            let mut rng = ChaCha8Rng::from_seed(counting_seed());
            rng.next_u32();
            rng.set_stream(stream);
            let position = rng.get_word_pos();
            format!("{{\"stream\":\"{stream}\",\"wordPos\":\"{position}\",\"u32\":{}}}", words32(&mut rng, 20))
        })
        .collect();

    let last = (1u128 << 68) - 1;
    let positions: Vec<String> = [0u128, 1, 15, 16, 63, 64, 65, 1 << 35, (1 << 36) - 3, 1 << 53, (1 << 64) + 5, last - 20, last]
        .iter()
        .map(|&position| {
            let mut rng = ChaCha8Rng::from_seed(counting_seed());
            rng.set_word_pos(position);
            let at = rng.get_word_pos();
            let words = words32(&mut rng, 24);
            format!("{{\"set\":\"{position}\",\"wordPos\":\"{at}\",\"u32\":{words},\"after\":\"{}\"}}", rng.get_word_pos())
        })
        .collect();

    println!("{{");
    println!("  \"crate\": \"rand_chacha 0.9.0\",");
    println!("  \"zeroKey\": \"{}\",", hex(&zero));
    println!("  \"countingSeed\": \"{}\",", hex(&counting_seed()));
    println!("  \"countingKey\": \"{}\",", hex(&counting));
    println!("  \"mixed\": {},", mixed(&mut ChaCha8Rng::from_seed(counting_seed())));
    println!("  \"seedFromU64\": [\n    {}\n  ],", from_u64.join(",\n    "));
    println!("  \"streams\": [\n    {}\n  ],", streams.join(",\n    "));
    println!("  \"positions\": [\n    {}\n  ]", positions.join(",\n    "));
    println!("}}");
}
