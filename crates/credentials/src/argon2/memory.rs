//! The memory that Argon2 works in, used again.
//!
//! Given back to the allocator it would stay with the thread that asked for it, and in time every thread for
//! blocking work has had its turn.

use ::argon2::{Argon2, Block};
use kwik_domain::HashError;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Blocks in which nobody is hashing: as many vectors as were ever needed at once, and no more.
pub(super) struct Memory {
    free: Mutex<Vec<Vec<Block>>>,
    /// The longest vector that is kept.
    longest: usize,
}

impl Memory {
    /// Memory that keeps vectors of up to this many blocks.
    pub(super) fn new(longest: usize) -> Self {
        Self { free: Mutex::default(), longest }
    }

    /// Fills `out` with what Argon2 makes of the password and the salt.
    pub(super) fn derive(
        &self,
        argon2: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> Result<(), HashError> {
        let mut blocks = self.free().pop().unwrap_or_default();
        let count = argon2.params().block_count();
        if blocks.len() < count {
            blocks.try_reserve_exact(count - blocks.len()).map_err(|e| HashError::Other(e.to_string()))?;
            blocks.resize(count, Block::new());
        }
        let outcome = argon2.hash_password_into_with_memory(password, salt, out, &mut blocks);
        if blocks.len() <= self.longest {
            self.free().push(blocks);
        }
        outcome.map_err(|e| HashError::Other(e.to_string()))
    }

    /// How many vectors wait for their next use.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.free().len()
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use ::argon2::Params;

    fn derive(memory: &Memory, memory_kib: u32, password: &str) -> [u8; 32] {
        let argon2 = Argon2::from(Params::new(memory_kib, 2, 1, Some(32)).unwrap());
        let (mut out, mut fresh) = ([0; 32], [0; 32]);
        memory.derive(&argon2, password.as_bytes(), b"sixteen bytes ok", &mut out).unwrap();
        argon2.hash_password_into(password.as_bytes(), b"sixteen bytes ok", &mut fresh).unwrap();
        assert_eq!(out, fresh, "what was in the memory counts");
        out
    }

    #[test]
    fn memory_is_used_again_and_says_nothing() {
        let memory = Memory::new(64);
        let kept = || memory.free().iter().map(Vec::len).collect::<Vec<_>>();
        derive(&memory, 8, "one");
        assert_eq!(kept(), [8]);
        let two = derive(&memory, 64, "two");
        assert_ne!(derive(&memory, 64, "three"), two);
        assert_eq!(derive(&memory, 64, "two"), two);
        derive(&memory, 16, "four");
        assert_eq!(kept(), [64]);
        derive(&memory, 128, "five");
        assert_eq!(kept(), [0_usize; 0], "more than today's settings need is not kept");
        derive(&memory, 64, "six");
        assert_eq!(kept(), [64]);
    }
}
