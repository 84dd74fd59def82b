//! Addresses on the web.

use std::net::Ipv6Addr;

/// The longest that is taken, in characters.
const MAX: usize = 2048;

/// `https://…` or `http://…` in the characters of RFC 3986, with a host and without a user: passwords do not
/// belong into addresses.
pub(super) fn is_web_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let is_web = ["https", "http"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    is_web && text.len() <= MAX && is_authority(&rest[..end]) && is_rest(&rest[end..])
}

/// A host, and a port if any.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, "80"),
    };
    let is_port = port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(is_label),
    };
    is_port && is_host
}

fn is_label(text: &str) -> bool {
    let inner = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (1..=63).contains(&text.len()) && inner && !text.starts_with('-') && !text.ends_with('-')
}

/// Path, query and fragment: unreserved and reserved characters, and others as `%20`.
fn is_rest(text: &str) -> bool {
    let mut bytes = text.bytes();
    let mut fragments = 0;
    while let Some(byte) = bytes.next() {
        let is_right = match byte {
            b'%' => [bytes.next(), bytes.next()].iter().all(|b| b.is_some_and(|b| b.is_ascii_hexdigit())),
            b'#' => {
                fragments += 1;
                fragments == 1
            }
            byte => byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte),
        };
        if !is_right {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_web_address;

    #[test]
    fn addresses_of_the_web_alone() {
        for right in [
            "https://example.com",
            "http://example.com/",
            "HTTPS://Example.COM:8443/a%20b?q=1&r[]=2#top".replace("[]", "%5B%5D").as_str(),
            "http://localhost:3000",
            "https://127.0.0.1/x",
            "https://[2001:db8::1]:443/",
            "https://[::1]",
            "https://xn--mnchen-3ya.de/",
            "https://example.com.?a=b/c?d",
            "https://example.com#a",
        ] {
            assert!(is_web_address(right), "{right}");
        }
        let long = format!("https://example.com/{}", "a".repeat(2048));
        for wrong in [
            "",
            "example.com",
            "//example.com",
            "https:example.com",
            "https:/example.com",
            "https://",
            "https:///path",
            "https://?q",
            "https://:80/",
            "ftp://example.com",
            "javascript://example.com/",
            " https://example.com",
            "https://example.com/ ",
            "https://exa mple.com",
            "https://example.com/a b",
            "https://example.com/%2",
            "https://example.com/%zz",
            "https://example.com/\"<>",
            "https://münchen.de/",
            "https://example.com/ü",
            "https://user:secret@example.com/",
            "https://example.com:65536/",
            "https://example.com:x/",
            "https://example.com:/",
            "https://-a.com/",
            "https://a..b/",
            "https://[::1/",
            "https://[::g]/",
            "https://example.com/#a#b",
            "https://example.com/\n",
            &long,
        ] {
            assert!(!is_web_address(wrong), "{wrong}");
        }
    }
}
