//! `matrix.csv`: one line for each facility and demand point within the limit, written as the rows come, so that no matrix is ever
//! too large.

use std::io::{self, BufWriter, Write};

use super::csv::guarded;
use crate::network::matrix::for_each_site;
use crate::network::parts::Parts;
use crate::units::WalkingSpeed;

/// What stands in the matrix beside the walks.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    /// Ids of the facilities, as written.
    pub facilities: &'a [String],
    /// Ids of the demand points, as written.
    pub demand: &'a [String],
    /// Walking speed.
    pub speed: WalkingSpeed,
    /// Only the K nearest facilities of each demand point.
    pub nearest: Option<usize>,
    /// Stamp of straight walks: a column of its own, the same on every line.
    pub stamp: Option<&'a str>,
}

/// Writes the matrix in input order of facility, then demand.
pub fn write(reach: &Parts<'_>, matrix: &Matrix<'_>, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    // Excel takes a file without this mark for GBK.
    out.write_all("\u{feff}facility,demand,time_ms,distance_mm".as_bytes())?;
    out.write_all(if matrix.stamp.is_some() { b",stamp\n" } else { b"\n" })?;
    // Every id is written many times: quoted once.
    let fields = |ids: &[String]| -> Vec<Vec<u8>> { ids.iter().map(|id| field(id)).collect() };
    let (facilities, demand) = (fields(matrix.facilities), fields(matrix.demand));
    let tail = matrix.stamp.map_or(Vec::new(), |stamp| [b",".as_slice(), &field(stamp)].concat());
    let mut line = Vec::new();
    for_each_site(reach, matrix.nearest, |site, pairs| {
        for (point, distance) in pairs {
            line.clear();
            line.extend_from_slice(&facilities[site]);
            line.push(b',');
            line.extend_from_slice(&demand[*point as usize]);
            line.push(b',');
            number(&mut line, matrix.speed.time(*distance).0);
            line.push(b',');
            number(&mut line, distance.0);
            line.extend_from_slice(&tail);
            line.push(b'\n');
            out.write_all(&line)?;
        }
        Ok(())
    })?;
    out.flush()
}

/// A cell as RFC 4180 wants it, and never a formula.
fn field(text: &str) -> Vec<u8> {
    let text = guarded(text);
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")).into_bytes() } else { text.as_bytes().to_vec() }
}

/// A whole number in decimal.
fn number(line: &mut Vec<u8>, mut n: u64) {
    let from = line.len();
    loop {
        line.push(b'0' + (n % 10) as u8);
        n /= 10;
        if n == 0 {
            break;
        }
    }
    line[from..].reverse();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::matrix::{Walks, searches};
    use crate::space::LonLat;
    use crate::units::Millimetres;

    #[test]
    fn lines_come_in_input_order_with_times_rounded_up_and_ids_made_safe() {
        // Ten metres of longitude at the equator, and one place nobody knows.
        let place = |metres: f64| Some(LonLat { lon: metres / 111_319.490_793, lat: 0.0 });
        let (sites, points) = ([place(0.0), None, place(20.0)], [place(30.0), place(0.0), None, place(10.0)]);
        let ids = |ids: &[&str]| ids.iter().map(|s| (*s).to_owned()).collect::<Vec<String>>();
        let (facilities, demand) = (ids(&["=F1", "F2", "say \"hi\""]), ids(&["P1", "a,b", "P3", "-4"]));
        let write_with = |nearest, stamp| {
            let mut out = Vec::new();
            let matrix =
                Matrix { facilities: &facilities, demand: &demand, speed: WalkingSpeed::from_mm_per_s(1200).unwrap(), nearest, stamp };
            let walks = Walks::Straight { sites: &sites, points: &points, detour: 1.3 };
            write(&searches(walks, Millimetres(26_000)).0, &matrix, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let all = "\u{feff}facility,demand,time_ms,distance_mm\n'=F1,\"a,b\",0,0\n'=F1,'-4,10834,13000\n\
            \"say \"\"hi\"\"\",P1,10834,13000\n\"say \"\"hi\"\"\",\"a,b\",21667,26000\n\"say \"\"hi\"\"\",'-4,10834,13000\n";
        assert_eq!(write_with(None, None), all);
        let nearest = "\u{feff}facility,demand,time_ms,distance_mm,stamp\n'=F1,\"a,b\",0,0,×1.3\n'=F1,'-4,10834,13000,×1.3\n\
            \"say \"\"hi\"\"\",P1,10834,13000,×1.3\n";
        assert_eq!(write_with(Some(1), Some("×1.3")), nearest);
    }
}
