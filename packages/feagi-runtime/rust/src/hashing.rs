//! Fixed keys for every `ahash` map: with them the order of a map depends on its content and on the host's random bytes,
//! not on how many maps were made before it in the same instance. Must run before the first map is made.
use ahash::random_state::{set_random_source, RandomSource};
use std::sync::Once;

struct FixedSource;

impl RandomSource for FixedSource {
    fn gen_hasher_seed(&self) -> usize {
        0x5eed
    }
}

pub fn fix_map_order() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only if another source was set first, and there is none in this program.
        let _ = set_random_source(FixedSource);
    });
}
