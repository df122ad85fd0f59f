//! What this build is made of: the crates, and the patches that were applied to some of them (named by their SHA-256).
use serde_json::{json, Value};
use sha2::{Digest, Sha256};

const FEAGI: &str = "0.0.53";
const AHASH_PATCH: &[u8] = include_bytes!("../patches/ahash-0.8.12.patch");
const ENGINE_PATCH: &[u8] = include_bytes!("../patches/feagi-npu-burst-engine-0.0.53.patch");
const PLASTICITY_PATCH: &[u8] = include_bytes!("../patches/feagi-npu-plasticity-0.0.53.patch");

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn version() -> Value {
    json!({
        "engine": env!("CARGO_PKG_VERSION"),
        "crates": {
            "feagi-brain-development": FEAGI, "feagi-evolutionary": FEAGI, "feagi-npu-burst-engine": FEAGI, "feagi-npu-neural": FEAGI,
            "feagi-npu-plasticity": FEAGI, "feagi-npu-runtime": FEAGI, "feagi-sensorimotor": FEAGI, "feagi-serialization": FEAGI,
            "feagi-state-manager": FEAGI, "feagi-structures": FEAGI, "ahash": "0.8.12"
        },
        "patches": {
            "ahash-0.8.12": hex(&Sha256::digest(AHASH_PATCH)),
            "feagi-npu-burst-engine-0.0.53": hex(&Sha256::digest(ENGINE_PATCH)),
            "feagi-npu-plasticity-0.0.53": hex(&Sha256::digest(PLASTICITY_PATCH))
        }
    })
}
