//! Whole numbers as short text: two characters for most steps of a line, where JSON would take five.
//!
//! Each number is cut into groups of five bits, lowest first; a group that is followed by another has bit 32 set. The groups are
//! written with the 64 letters of base64url, none of which needs escaping in JSON or HTML. `unpack` in `data/page/text.js` is the reverse.

use super::plane::Spot;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A growing packed text.
#[derive(Debug, Default, Clone)]
pub struct Packed(String);

impl Packed {
    /// Appends a number that is never negative.
    pub fn push(&mut self, mut n: u64) {
        while n >= 32 {
            self.0.push(char::from(LETTERS[(n & 31 | 32) as usize]));
            n >>= 5;
        }
        self.0.push(char::from(LETTERS[n as usize]));
    }

    /// Appends a number of either sign: 0, −1, 1, −2 … as 0, 1, 2, 3 ….
    pub fn push_signed(&mut self, n: i64) {
        self.push(((n << 1) ^ (n >> 63)) as u64);
    }

    /// Appends the step from `last` to `spot`, which becomes the new `last`.
    pub fn push_step(&mut self, last: &mut Spot, spot: Spot) {
        for axis in 0..2 {
            self.push_signed(i64::from(spot[axis]) - i64::from(last[axis]));
        }
        *last = spot;
    }

    /// The text.
    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn unpack(text: &str) -> Vec<u64> {
        let (mut out, mut n, mut shift) = (Vec::new(), 0, 0);
        for letter in text.bytes() {
            let group = LETTERS.iter().position(|l| *l == letter).unwrap() as u64;
            n |= (group & 31) << shift;
            shift += 5;
            if group < 32 {
                out.push(n);
                (n, shift) = (0, 0);
            }
        }
        out
    }

    #[test]
    fn every_number_comes_back() {
        let mut packed = Packed::default();
        let numbers = [0, 1, 31, 32, 1023, 1024, u64::from(u32::MAX)];
        for n in numbers {
            packed.push(n);
        }
        packed.push_signed(-1);
        packed.push_signed(i64::from(i32::MIN) * 2);
        let back = unpack(&packed.finish());
        assert_eq!(back[..numbers.len()], numbers);
        assert_eq!(back[numbers.len()..], [1, (1 << 33) - 1]);
    }
}
