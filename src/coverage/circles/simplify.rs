//! Fewer vertices for a line that stays where it is: Douglas and Peucker 1973 (doi:10.3138/FM57-6770-U75U-7727).

/// Marks the vertices to keep so that none of the others is farther than `tolerance` from the line between its kept neighbours.
///
/// Every point of the simpler line is then as near to the line as drawn, because the drawn one runs from end to end beside it.
pub(super) fn keep(line: &[[f64; 2]], tolerance: f64, kept: &mut Vec<bool>, stack: &mut Vec<(usize, usize)>) {
    kept.clear();
    kept.resize(line.len(), false);
    let Some(last) = line.len().checked_sub(1) else { return };
    (kept[0], kept[last]) = (true, true);
    stack.clear();
    stack.push((0, last));
    while let Some((from, to)) = stack.pop() {
        let mut far = (tolerance * tolerance, None);
        for i in from + 1..to {
            let d = squared_distance(line[i], line[from], line[to]);
            if d > far.0 {
                far = (d, Some(i));
            }
        }
        if let Some(i) = far.1 {
            kept[i] = true;
            stack.extend([(from, i), (i, to)]);
        }
    }
}

/// Square of the distance from `p` to the segment `a`–`b`.
fn squared_distance(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let (px, py) = (p[0] - a[0], p[1] - a[1]);
    let squared = dx * dx + dy * dy;
    let t = if squared > 0.0 { ((px * dx + py * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (px - t * dx, py - t * dy);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(line: &[[f64; 2]], tolerance: f64) -> Vec<usize> {
        let (mut kept, mut stack) = Default::default();
        keep(line, tolerance, &mut kept, &mut stack);
        (0..line.len()).filter(|i| kept[*i]).collect()
    }

    #[test]
    fn what_bends_little_goes_and_what_bends_stays() {
        assert_eq!(kept(&[[0.0, 0.0], [5.0, 0.2], [10.0, 0.0], [10.0, 8.0]], 0.3), [0, 2, 3]);
        assert_eq!(kept(&[[0.0, 0.0], [5.0, 0.4], [10.0, 0.0]], 0.3), [0, 1, 2]);
        assert_eq!(kept(&[[3.0, 3.0]], 0.3), [0]);
        assert!(kept(&[], 0.3).is_empty());
    }

    #[test]
    fn a_line_that_goes_and_comes_back_keeps_its_far_end() {
        assert_eq!(kept(&[[0.0, 0.0], [20.0, 0.0], [0.1, 0.0]], 0.3), [0, 1, 2]);
    }
}
