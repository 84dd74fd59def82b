//! The conformance suite of the port `Store`, on each engine.

macro_rules! tests {
    ($($topic:ident { $($promise:ident)* })*) => {$(
        mod $topic {
            kwik_testkit::on_each_engine! {
                $(async fn $promise(engine) {
                    let opened = crate::fixture::open(engine).await;
                    kwik_testkit::conformance::store::$topic::$promise(opened.given.clone()).await;
                })*
            }
        }
    )*};
}

kwik_testkit::store_promises!(tests);
