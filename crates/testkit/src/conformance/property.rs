//! Random cases for asynchronous promises.

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::fmt::Debug;

/// How many random cases to try: `KWIK_SOAK_CASES` if it is set, otherwise `default`.
///
/// # Panics
///
/// When the variable is no number.
pub fn soak_cases(default: u32) -> u32 {
    #[expect(clippy::disallowed_methods, reason = "tests have no settings: this is how a run asks for more cases")]
    let asked = std::env::var("KWIK_SOAK_CASES");
    asked.map_or(default, |number| number.parse().expect("KWIK_SOAK_CASES must be a number"))
}

/// The most steps that are taken towards a smaller counterexample.
const MAX_STEPS: usize = 300;

/// Tries random cases, the same ones in each run of as many, and shrinks one that fails.
pub(crate) async fn for_all<S: Strategy>(
    default_cases: u32,
    strategy: S,
    mut check: impl AsyncFnMut(&S::Value) -> Result<(), String>,
) where
    S::Value: Debug,
{
    let cases = soak_cases(default_cases);
    // A seed for each number of cases, so that a longer run also sees others.
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&cases.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for case in 0..cases {
        let mut tree = strategy.new_tree(&mut runner).expect("a case");
        let Err(first) = check(&tree.current()).await else { continue };
        let (mut smallest, mut why) = (tree.current(), first);
        let mut smaller = tree.simplify();
        for _ in 0..MAX_STEPS {
            if !smaller {
                break;
            }
            smaller = match check(&tree.current()).await {
                Err(error) => {
                    (smallest, why) = (tree.current(), error);
                    tree.simplify()
                }
                Ok(()) => tree.complicate(),
            };
        }
        panic!("case {case} of {cases}: {why}\nthe smallest counterexample: {smallest:#?}");
    }
}
