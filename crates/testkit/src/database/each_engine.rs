//! The macro that makes one test for each engine out of one function.

/// Makes the tests `name::sqlite` and `name::postgres` from each asynchronous function in it.
///
/// The function takes the [`Engine`](crate::database::Engine) as its one argument and may return a
/// `Result`. Attributes, such as `#[ignore]`, go to both tests. Each test runs on a tokio runtime of
/// its own with two threads. The names let a run choose an engine:
/// `cargo nextest run -E 'not test(/::postgres($|::)/)'`.
///
/// ```
/// use kwik_testkit::on_each_engine;
///
/// on_each_engine! {
///     /// The scheme of an address names its engine.
///     async fn has_a_scheme(engine) {
///         assert!(!engine.scheme().is_empty());
///     }
///
///     async fn may_fail(engine) -> Result<(), std::fmt::Error> {
///         let _ = engine;
///         Ok(())
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! on_each_engine {
    ($(
        $(#[$attribute:meta])*
        async fn $name:ident($engine:ident) $(-> $answer:ty)? $body:block
    )*) => {$(
        #[cfg(test)]
        async fn $name($engine: $crate::database::Engine) $(-> $answer)? $body

        #[cfg(test)]
        mod $name {
            #[test]
            $(#[$attribute])*
            fn sqlite() $(-> $answer)? {
                $crate::database::block_on(super::$name($crate::database::Engine::Sqlite))
            }

            #[test]
            $(#[$attribute])*
            fn postgres() $(-> $answer)? {
                $crate::database::block_on(super::$name($crate::database::Engine::Postgres))
            }
        }
    )*};
}

/// Runs a test of [`on_each_engine!`] to its end on a runtime of its own.
///
/// # Panics
///
/// When the system refuses the runtime its threads.
pub fn block_on<F: Future>(test: F) -> F::Output {
    #[expect(clippy::expect_used, reason = "without a runtime there is no test to run, and the panic fails it")]
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a tokio runtime for the test");
    runtime.block_on(test)
}
