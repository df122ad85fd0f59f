//! The FEAGI engine of the crates `feagi-* =0.0.53` behind a C interface for one WebAssembly instance: genome to brain,
//! real coders on both sides, plasticity with reward, snapshots, canonical hashes. The crates do the work; this crate only
//! binds them, burst by burst, without threads and without any source of time or chance but the host.
//!
//! Sharp edge: a panic of the engine is a trap of the instance. The host marks it dead and starts another one.
pub mod brain;
pub mod coders;
pub mod door;
pub mod fault;
pub mod genome;
pub mod hashing;
pub mod version;
