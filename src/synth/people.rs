//! Who lives in a home: households, those that have moved in, people, and elders by age.

use super::dice::Dice;
use super::parcel::Home;
use super::place::Place;

/// The kind of home, which decides how many live there and how old they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Courtyard,
    Farmhouse,
    Walkup,
    Tower,
}

/// `count` homes of this manner at one place.
pub(super) fn homes(at: Place, manner: Manner, year: i32, count: u32, dice: &mut Dice) -> Home {
    (1..count).fold(home(at, manner, year, dice), |sum, _| {
        let more = home(at, manner, year, dice);
        Home {
            at,
            households: sum.households + more.households,
            occupied: sum.occupied + more.occupied,
            people: sum.people + more.people,
            elders: [0, 1, 2].map(|age| sum.elders[age] + more.elders[age]),
        }
    })
}

/// A home of this manner, built in that year.
///
/// Shares are set to look like a northern county town around 2022: about a fifth of the people are 60 or over, more in old compounds and
/// villages, fewer in new estates; every home has at least as many people as households, as registers have.
fn home(at: Place, manner: Manner, year: i32, dice: &mut Dice) -> Home {
    let households = match manner {
        Manner::Courtyard => dice.whole(1, 4) as u32,
        Manner::Farmhouse => dice.weighted(&[0, 85, 15]) as u32,
        Manner::Walkup => dice.whole(9, 12) as u32,
        Manner::Tower => [12, 22, 22, 30, 34][dice.below(5)],
    };
    let moved_in = match manner {
        Manner::Courtyard | Manner::Farmhouse => 0.92,
        Manner::Walkup => 0.93,
        Manner::Tower if year >= 2018 => 0.66,
        Manner::Tower => 0.84,
    };
    let occupied = dice.part(households, moved_in - 0.06, moved_in + 0.06).min(households);
    let size = match manner {
        Manner::Courtyard => 2.5,
        Manner::Farmhouse => 2.9,
        Manner::Walkup => 2.4,
        Manner::Tower => 2.8,
    };
    let people = dice.part(occupied, size - 0.4, size + 0.4).max(households);
    let old = match manner {
        Manner::Courtyard => 0.235,
        Manner::Farmhouse => 0.25,
        Manner::Walkup => 0.24,
        Manner::Tower if year >= 2012 => 0.10,
        Manner::Tower => 0.15,
    };
    let over_60 = dice.part(people, old * 0.6, old * 1.4).min(people);
    let over_65 = dice.part(over_60, 0.58, 0.76).min(over_60);
    let over_80 = dice.part(over_60, 0.08, 0.17).min(over_65);
    Home { at, households, occupied, people, elders: [over_60, over_65, over_80] }
}
