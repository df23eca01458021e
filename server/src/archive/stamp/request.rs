//! What an authority is asked: to stamp a SHA-256, and to send its certificates along (RFC 3161, 2.4.1).

/// SHA-256 as an algorithm without parameters.
const SHA256: [u8; 13] = [0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// `TimeStampReq` for a digest, with a number that the answer must repeat. The number's first byte is neither nought nor has
/// its highest bit set, so its bytes are its only spelling.
pub(super) fn query(digest: &[u8; 32], nonce: &[u8; 16]) -> Vec<u8> {
    let mut imprint = SHA256.to_vec();
    imprint.extend(element(0x04, digest));
    let mut request = vec![0x02, 0x01, 0x01];
    request.extend(element(0x30, &imprint));
    request.extend(element(0x02, nonce));
    request.extend([0x01, 0x01, 0xff]);
    element(0x30, &request)
}

/// A short element: everything in a request is shorter than 128 bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[tag, length], content].concat()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_request_is_der_of_the_length_it_says() {
        let request = super::query(&[7; 32], &[0x41; 16]);
        assert_eq!((request[0], usize::from(request[1])), (0x30, request.len() - 2));
        assert!(request.len() < 128);
    }
}
