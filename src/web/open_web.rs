//! Which addresses are of the open web, and which of this machine or a private network.

use std::net::{IpAddr, Ipv4Addr};

/// What an error says where an address is not asked for.
pub const PRIVATE: &str = "a private network";

/// Returns true if an IP address is globally reachable (RFC 6890 and later registries).
pub fn is_public(number: IpAddr) -> bool {
    let number = match number {
        IpAddr::V4(number) => number,
        IpAddr::V6(number) => {
            let [first, second, .., seventh, eighth] = number.segments();
            let within =
                |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
            match (first, second) {
                (0, _) => match number.to_ipv4_mapped() {
                    Some(number) => number,
                    None => return false,
                },
                // What is behind a translator, or a tunnel.
                (0x64, 0xff9b) => within(seventh, eighth),
                (0x2002, _) => within(second, number.segments()[2]),
                (0x2001, 0 | 0xdb8) => return false,
                _ => return first & 0xe000 == 0x2000,
            }
        }
    };
    let [first, second, third, _] = number.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let reserved = first == 0
        || first >= 224
        || (first == 198 && matches!(second, 18 | 19))
        || (first, second, third) == (192, 0, 0);
    !(number.is_private()
        || number.is_loopback()
        || number.is_link_local()
        || number.is_documentation()
        || shared
        || reserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_open_web_is_public() {
        for number in [
            "1.1.1.1",
            "93.184.216.34",
            "100.128.0.1",
            "2606:4700::1",
            "64:ff9b::101:101",
            "2002:101:101::",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(number.parse().unwrap()), "{number}");
        }
        for number in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001::1",
        ] {
            assert!(!is_public(number.parse().unwrap()), "{number}");
        }
    }
}
