//! `migrations!()`: the files of `migrate new`, embedded in the program.

use crate::crate_path;
use proc_macro2::TokenStream;
use quote::quote;
use std::path::Path;

/// Expands to `(folder, &[Migration])`.
pub(crate) fn expand() -> syn::Result<TokenStream> {
    let fail = |message: String| syn::Error::new(proc_macro2::Span::call_site(), message);
    #[expect(clippy::disallowed_methods, reason = "cargo tells by it which package is compiled")]
    let root = std::env::var("CARGO_MANIFEST_DIR").map_err(|_| fail("`migrations!` needs cargo".to_owned()))?;
    let folder = Path::new(&root).join("migrations");
    let mut names = Vec::new();
    if folder.is_dir() {
        let entries = std::fs::read_dir(&folder).map_err(|e| fail(format!("`migrations` cannot be read: {e}")))?;
        names.extend(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()));
        names.sort();
    }
    let facade = crate_path::facade();
    let mut migrations = Vec::new();
    for file in names.iter().filter(|name| name.ends_with(".postgres.sql")) {
        let label = file.trim_end_matches(".postgres.sql");
        let parsed = label.split_once('_').and_then(|(n, name)| Some((n.parse::<u32>().ok()?, name)));
        let Some((number, name)) = parsed else {
            return Err(fail(format!("`migrations/{file}` must be called like 0001_initial.postgres.sql")));
        };
        let sqlite = format!("{label}.sqlite.sql");
        if !names.contains(&sqlite) {
            return Err(fail(format!("`migrations/{sqlite}` is missing beside `{file}`")));
        }
        let (postgres, sqlite) = (format!("/migrations/{file}"), format!("/migrations/{sqlite}"));
        migrations.push(quote! {
            #facade::Migration {
                number: #number,
                name: #name,
                postgres: ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #postgres)),
                sqlite: ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #sqlite)),
            }
        });
    }
    // Every new migration changes this file, so that the compiler looks again.
    let state = names.iter().any(|name| name == "schema.json").then(|| {
        quote!(
            const _: &str =
                ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/migrations/schema.json"));
        )
    });
    Ok(quote! {{
        #state
        const MIGRATIONS: &[#facade::Migration] = &[#(#migrations),*];
        (::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/migrations"), MIGRATIONS)
    }})
}
