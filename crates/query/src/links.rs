//! The value of a `Link` header, as RFC 8288 has it.

use std::fmt::Write as _;

/// One link: `</api/v1/customers/?limit=2>; rel="first"`.
///
/// The path keeps the percent-encoding that it has. It always stays a path on the same host: of slashes
/// at its beginning only one counts, since two would begin the name of another host.
pub(crate) fn link<'a>(
    path: &str,
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
    relation: &'static str,
) -> String {
    let mut out = String::from("</");
    encode(&mut out, path.trim_start_matches('/'), b"/%!$&'()*+,=:@");
    for (n, (name, value)) in parameters.enumerate() {
        out.push(if n == 0 { '?' } else { '&' });
        encode(&mut out, name, b"");
        out.push('=');
        encode(&mut out, value, b"");
    }
    // Writing into a string cannot fail.
    let _ = write!(out, ">; rel=\"{relation}\"");
    out
}

/// The text as a segment of a path (RFC 3986, section 3.3), percent-encoded where it must be.
pub fn encode_segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode(&mut out, text, b",");
    out
}

/// Percent-encodes every byte of the text that is neither unreserved (RFC 3986, section 2.3) nor `kept`.
fn encode(out: &mut String, text: &str, kept: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_place() {
        let cases = [
            ("/api/v1/customers/", vec![], "</api/v1/customers/>; rel=\"next\""),
            (
                "/a",
                vec![("limit", "2"), ("filter", "a = \"ä&b\"")],
                "</a?limit=2&filter=a%20%3D%20%22%C3%A4%26b%22>; rel=\"next\"",
            ),
            ("/a", vec![("x>; rel=\"y", "+%\r\n")], "</a?x%3E%3B%20rel%3D%22y=%2B%25%0D%0A>; rel=\"next\""),
            ("//elsewhere.example/a>b?c#d\\", vec![], "</elsewhere.example/a%3Eb%3Fc%23d%5C>; rel=\"next\""),
            ("/caf%C3%A9/", vec![], "</caf%C3%A9/>; rel=\"next\""),
        ];
        for (path, parameters, expected) in cases {
            assert_eq!(link(path, parameters.into_iter(), "next"), expected);
        }
    }
}
