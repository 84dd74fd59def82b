//! Making and comparing hashes, on whatever thread it is asked to.

use super::memory::Memory;
use ::argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use kwik_domain::{HashError, Secret, Verdict};

/// The bytes of an output.
const OUTPUT: usize = 32;

/// Today's parameters, and the memory for them.
pub(super) struct Engine {
    today: Params,
    pub(super) memory: Memory,
}

impl Engine {
    pub(super) fn new(memory_kib: u32, passes: u32) -> Result<Self, HashError> {
        let today = Params::new(memory_kib, passes, 1, Some(OUTPUT)).map_err(other)?;
        let memory = Memory::new(today.block_count());
        Ok(Self { today, memory })
    }

    /// The hash of the password in the PHC string format.
    pub(super) fn hash(&self, password: &Secret, salt: [u8; 16]) -> Result<String, HashError> {
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.today).map_err(other)?,
            salt: Some(Salt::new(&salt).map_err(other)?),
            hash: Some(self.output(&self.argon2(), password, &salt, OUTPUT)?),
        };
        Ok(hash.to_string())
    }

    /// Whether the password has that hash. What is no hash takes as long as one of today's; `salt` is for
    /// that.
    pub(super) fn verify(&self, password: &Secret, hash: &str, salt: [u8; 16]) -> Result<Verdict, HashError> {
        #[cfg(feature = "bcrypt")]
        if let Some(fits) = super::bcrypt::verify(password, hash) {
            return Ok(if fits { Verdict::Outdated } else { Verdict::Wrong });
        }
        let Some(known) = Known::parse(hash) else {
            let output = self.output(&self.argon2(), password, &salt, OUTPUT)?;
            std::hint::black_box(output);
            return Ok(Verdict::Wrong);
        };
        // Outputs compare in constant time.
        if self.output(&known.argon2, password, &known.salt, known.output.len())? != known.output {
            return Ok(Verdict::Wrong);
        }
        let of_today = known.is_argon2id && known.argon2.params() == &self.today;
        Ok(if of_today { Verdict::Right } else { Verdict::Outdated })
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.today.clone())
    }

    fn output(&self, argon2: &Argon2<'_>, password: &Secret, salt: &[u8], bytes: usize) -> Result<Output, HashError> {
        let mut out = [0; Output::MAX_LENGTH];
        let out = &mut out[..bytes.min(Output::MAX_LENGTH)];
        self.memory.derive(argon2, password.expose().as_bytes(), salt, out)?;
        Output::new(out).map_err(other)
    }
}

/// A hash by Argon2 of any kind that was understood.
struct Known {
    argon2: Argon2<'static>,
    /// Whether it is of the algorithm and version that hashes are made with.
    is_argon2id: bool,
    salt: Salt,
    output: Output,
}

impl Known {
    fn parse(text: &str) -> Option<Self> {
        let hash = PasswordHash::new(text).ok()?;
        let params = Params::try_from(&hash).ok()?;
        let algorithm = Algorithm::new(hash.algorithm.as_str()).ok()?;
        // The first version did not say which it was.
        let version = hash.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
        let is_argon2id = (algorithm, version) == (Algorithm::Argon2id, Version::V0x13);
        let argon2 = Argon2::new(algorithm, version, params);
        Some(Self { argon2, is_argon2id, salt: hash.salt?, output: hash.hash? })
    }
}

fn other(error: impl std::fmt::Display) -> HashError {
    HashError::Other(error.to_string())
}
