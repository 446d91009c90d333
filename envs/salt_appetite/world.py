"""SaltAppetite: a rat in a chamber of spouts, with a body that needs water, energy and salt."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box

from core.arguments import Number, OneOf, Whole, in_range
from core.batch_state import Field, RecordState
from core.errors import InvalidArgument
from core.manipulations import manipulation
from core.senses import Sense, Senses
from envs.salt_appetite.chamber import (
    AILMENT_CHANCE,
    BOTTLES,
    CHAMBER,
    LEVER_PLACES,
    LEVERS,
    NO_BOTTLE,
    NOTHING,
    REACH,
    SPOUTS,
    STRIDE,
    Spouts,
    act,
    pass_time,
    perceive,
    spout_sites,
)
from envs.salt_appetite.niches import NICHES
from envs.salt_appetite.physiology import (
    ENERGY_SCALE,
    LETHAL_ENERGY,
    LETHAL_SODIUM,
    LETHAL_WATER,
    LITHIUM,
    POTASSIUM,
    QUININE,
    SALT,
    SODIUM_PER_MG,
    SODIUM_SCALE,
    SOLUTES,
    STRONGEST,
    SUCROSE,
    TASTES,
    USUAL,
    WATER,
    WATER_SCALE,
)
from envs.world import World


class SaltAppetite(World):
    """A chamber with spouts at places of the animal's own, and a body that salt can leave.

    Description:
        A rat of 400 g in a square chamber of 1.5 m, in steps of 30 s. Six spouts stand at the walls. Which of them gives
        what differs from animal to animal: water, 0.3 M sodium chloride, sucrose syrup (the food, with a trace of sodium), potassium
        chloride, quinine, and nothing. The body absorbs with a delay (15 min), loses 0.25 mEq of sodium, 30 ml of water
        and 250 kJ a day, and excretes a surplus, but never a reserve. On three days of ten an ailment costs 2 mEq of
        sodium within an hour. Two levers can be put out as Pavlovian cues. An episode is a day; the body lives on from
        day to day, and starts anew only after death.
    Observation:
        A flat Box; see ``senses``. The body's inside is heard by steering alone.
    Action:
        Box(-1, 1, (3,), float32): direction (x, y) of a step of up to 0.1 m, and licking where the third is above 0 and
        a spout is within 0.1 m (1.5 ml/min); an animal that licks does not walk.
    Reward:
        Fitness in days of full vigour: each step adds its share of a day times vigour, exp(-1/2 sum of squared
        deviations from the set-points in units of 2 mEq, 8 ml and 22 kJ), less for malaise (up to 70%) and walking
        (35%). Death ends the day, so the rest of it is lost. Lead from a bottle that an experimenter hangs takes vigour too.
    Start:
        At birth at random in the inner half, after death in the middle, with all set-points met. Other days start as the last ended.
    End:
        Terminated by a sodium deviation outside -7 to 9 mEq, water outside -45 to 80 ml, energy outside -500 to 1,500 kJ;
        truncated after ``max_episode_steps`` (default 2,880 steps, one day).
    Arguments:
        num_envs, autoreset_mode, max_episode_steps, render_mode, dt: see :class:`envs.world.World`.
    Version history:
        v0: first version.
    Source:
        Balance: Brensilver et al. (1985), Ledingham and Simpson (1987). Levers: Robinson and Berridge (2013). Other
        numbers are chosen where ``envs/salt_appetite/physiology.py`` says so.
    """

    id = "SaltAppetite-v0"
    fooled_niches = NICHES
    dt = 30.0
    episode_steps = 2880
    life_episodes = 30
    grown_episodes = 10
    random_hold = 120.0
    fitness_unit = "days of full vigour a day"
    stream_names = ("niche", "day")
    offers: tuple[int, ...] = (WATER, SALT, SUCROSE, POTASSIUM, QUININE, NOTHING)
    single_action_space = Box(-1.0, 1.0, (3,), np.float32)
    action_names = ("walk across", "walk up and down", "lick")
    senses = Senses(
        Sense("place", "1", -1.0, 1.0, "place in the chamber, the centre at 0, the walls at +-1", (2,)),
        Sense("lever", "1", 0.0, 1.0, "1 where that lever is out", (LEVERS,)),
        Sense("spout", "1", 0.0, 1.0, "1 where a spout is within reach"),
        Sense("lever_direction", "1", -1.0, 1.0, "unit vector towards the lever that is out, else 0", (2,)),
        Sense("touch", "1", -1.0, 1.0, f"push of a wall within {REACH:g} m, away from it", (2,)),
        Sense("salt", "mEq", 0.0, 30.0, "sodium (or lithium) tasted in this step", heard_by=("steering",)),
        Sense("water", "ml", 0.0, 20.0, "plain water tasted in this step", heard_by=("steering",)),
        Sense("sweet", "kJ", 0.0, 60.0, "sugar tasted in this step, as the energy it stands for", heard_by=("steering",)),
        Sense("bitter", "1", 0.0, 1.0, "bitterness tasted in this step", heard_by=("steering",)),
        Sense("lick_cost", "1/ml", 0.0, 10.0, "effort that a ml costs at the spouts", heard_by=("steering",)),
        Sense(
            "angiotensin", "mEq", 0.0, 40.0, "fast hormone of missing sodium, in the mEq it follows", heard_by=("steering",)
        ),
        Sense("aldosterone", "mEq", 0.0, 20.0, "slow hormone of missing sodium, likewise", heard_by=("steering",)),
        Sense("water_deficit", "ml", -100.0, 50.0, "water missing in the body", heard_by=("steering",)),
        Sense("energy_deficit", "kJ", -2000.0, 520.0, "energy missing in the body", heard_by=("steering",)),
        Sense("malaise", "1", 0.0, 1.0, "sickness", heard_by=("steering",)),
    )

    state = (
        Field("position", "m", "place in the chamber", np.full(2, CHAMBER / 2), 0.0, CHAMBER),
        Field("moving", "1", "share of a full stride in this step", 0.0, 0.0, 1.0),
        Field("since_dawn", "s", "time of the day", 0.0, 0.0),
        Field("ailment", "s", "time of the day at which an ailment begins, -1 for none", -1.0, -1.0, 86_400.0),
        Field("ailing", "bool", "whether ailments can begin", True, 0, 1),
        Field("died", "bool", "whether it died in this step", False, 0, 1),
        Field("spared", "bool", "whether no imbalance kills", False, 0, 1),
        Field("sodium", "mEq", "in the body, from the set-point", 0.0),
        Field("water", "ml", "in the body, from the set-point", 0.0),
        Field("energy", "kJ", "in the body, from the set-point", 0.0),
        Field("lithium", "mEq", "in the blood", 0.0, 0.0),
        Field("lead", "ml", "of leaded sugar that still burdens the body", 0.0, 0.0),
        Field("natriuresis_left", "mEq", "of sodium that are about to be lost", 0.0, 0.0),
        Field("angiotensin", "mEq", "fast hormone, in the missing sodium that it follows", 0.0, 0.0),
        Field("aldosterone", "mEq", "slow hormone, likewise", 0.0, 0.0),
        Field("gut_sodium", "mEq", "in the gut", 0.0, 0.0),
        Field("gut_water", "ml", "in the gut", 0.0, 0.0),
        Field("gut_energy", "kJ", "in the gut", 0.0, 0.0),
        Field("gut_lithium", "mEq", "in the gut", 0.0, 0.0),
        Field("sodium_in", "mEq", "taken in since birth", 0.0),
        Field("sodium_out", "mEq", "lost since birth", 0.0),
        Field("water_in", "ml", "taken in since birth", 0.0),
        Field("water_out", "ml", "lost since birth", 0.0),
        Field("sham", "bool", "whether what is drunk leaves through a fistula", False, 0, 1),
        Field("captopril", "bool", "whether captopril raises angiotensin in the brain", False, 0, 1),
        Field("lick_cost", "1/ml", "effort that a ml costs", 0.0, 0.0, 10.0),
        Field(
            "infused", "index", "solution that is put into the mouth next, -1 for none", NOTHING, NOTHING, len(SOLUTES) - 1
        ),
        Field("infused_molarity", "mol/l", "its concentration", 0.0, 0.0),
        Field("infused_volume", "ml", "its volume", 0.0, 0.0, 5.0),
        Field("taste", "mEq, ml, kJ, 1", "salt, water, sweet and bitter tasted in this step", np.zeros(len(TASTES)), 0.0),
        Field("drunk", "ml", "of each solution today", np.zeros(len(SOLUTES)), 0.0),
        Field("spout_place", "m", "where each spout is", np.zeros((SPOUTS, 2)), 0.0, CHAMBER),
        Field(
            "solute", "index", "what each spout gives, -1 for nothing", np.full(SPOUTS, NOTHING), NOTHING, len(SOLUTES) - 1
        ),
        Field("home_solute", "index", "what it gave at birth", np.full(SPOUTS, NOTHING), NOTHING, len(SOLUTES) - 1),
        Field("molarity", "mol/l", "of what each spout gives", np.zeros(SPOUTS), 0.0),
        Field(
            "bottle",
            "index",
            "what drips from a bottle over the middle, in BOTTLES",
            NO_BOTTLE,
            NO_BOTTLE,
            len(BOTTLES) - 1,
        ),
        Field("lured", "bool", "whether it licked there in this step", False, 0, 1),
        Field("lever", "1", "1 where that lever is out", np.zeros(LEVERS), 0.0, 1.0),
        Field("lever_place", "m", "where each lever is", np.zeros((LEVERS, 2)), 0.0, CHAMBER),
    )

    body: RecordState

    def _be_born(self, mask: np.ndarray) -> None:
        draw = self.streams.uniform("niche", SPOUTS + 3, mask)
        sites = spout_sites()
        for row in np.flatnonzero(mask):
            order = np.argsort(draw[row, :SPOUTS], kind="stable")
            self.body.spout_place[row] = sites
            self.body.home_solute[row] = self.body.solute[row] = np.array(self.offers)[order]
            self.body.molarity[row] = [0.0 if s == NOTHING else USUAL[s] for s in self.body.solute[row]]
            self.body.position[row] = CHAMBER * (0.25 + 0.5 * draw[row, SPOUTS + 1 :])
            self.body.lever_place[row] = LEVER_PLACES if draw[row, SPOUTS] < 0.5 else LEVER_PLACES[::-1]

    def _begin_episode(self, mask: np.ndarray) -> None:
        body = self.body
        dead = mask & body.died
        if dead.any():
            body.restart(
                dead,
                "position",
                "sodium",
                "water",
                "energy",
                "lithium",
                "lead",
                "natriuresis_left",
                "angiotensin",
                "aldosterone",
                "gut_sodium",
                "gut_water",
                "gut_energy",
                "gut_lithium",
                "sodium_in",
                "sodium_out",
                "water_in",
                "water_out",
                "died",
                "moving",
                "infused",
            )
        body.restart(mask, "since_dawn", "taste", "drunk")
        draw = self.streams.uniform("day", 2, mask)
        moment = np.where(draw[:, 0] < AILMENT_CHANCE, draw[:, 1] * 86_400.0, -1.0)
        body.ailment[mask] = moment[mask]

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        body = self.body
        volume, fitness, died = np.empty(self.num_envs), np.empty(self.num_envs), np.empty(self.num_envs, bool)
        act(body.records, self._spouts(), action, self.dt, volume, body.taste)
        pass_time(body.records, body.ailment, self.dt, fitness, died)
        body.died[:] = died
        return fitness, died

    def _sense(self, reading: Any) -> None:
        perceive(self.body.records, self._spouts(), self.body.taste, reading)
        flat = reading.view(np.float32).reshape(-1, self.senses.size)
        np.clip(flat, self.senses.low, self.senses.high, out=flat)

    def _spouts(self) -> Spouts:
        body = self.body
        return Spouts(body.spout_place, body.solute, body.molarity, body.drunk)

    def _facts(self) -> dict[str, np.ndarray]:
        body = self.body
        return {"sodium": body.sodium, "water": body.water, "energy": body.energy, "died": body.died}

    def _oracle(self) -> np.ndarray:
        """Knows the body, the gut and every spout; goes for what is missing most, and licks until it is on its way."""
        body = self.body
        missing = np.stack(
            [
                -(body.water + body.gut_water) / WATER_SCALE,
                -(body.sodium + body.gut_sodium - body.natriuresis_left) / SODIUM_SCALE,
                -(body.energy + body.gut_energy) / ENERGY_SCALE,
            ],
            axis=1,
        )
        action = np.zeros((self.num_envs, 3))
        action[:, 2] = -1.0
        for row in range(self.num_envs):
            for solute in np.argsort(-missing[row], kind="stable"):
                spouts = np.flatnonzero(body.solute[row] == solute)
                if missing[row, solute] < 0.1 or not spouts.size:
                    continue
                away = body.spout_place[row, spouts[0]] - body.position[row]
                if np.hypot(*away) <= 0.9 * REACH:
                    action[row, 2] = 1.0
                else:
                    action[row, :2] = away / max(np.hypot(*away), STRIDE)
                break
        return action

    # -- manipulations ---------------------------------------------------------------------------

    @manipulation(dose=Number(0.0, 10.0, "mg"))
    def furosemide(self, mask: np.ndarray, dose: float = 2.0) -> None:
        """Inject a diuretic (dose in mg): 1 mEq of sodium for each mg leaves within about an hour."""
        self._alive(mask, "furosemide")
        self.body.natriuresis_left[mask] += SODIUM_PER_MG * dose

    @manipulation
    def captopril(self, mask: np.ndarray, given: bool = True) -> None:
        """Give a low dose of captopril, which raises angiotensin in the brain (``given=False`` ends it)."""
        self.body.captopril[mask] = given

    @manipulation
    def sham(self, mask: np.ndarray, open_fistula: bool = True) -> None:
        """Open a gastric fistula: what is drunk is tasted but never absorbed."""
        self.body.sham[mask] = open_fistula

    @manipulation(sodium=Number(0.0, 20.0, "mEq"), water=Number(0.0, 50.0, "ml"), energy=Number(0.0, 500.0, "kJ"))
    def infuse_gastric(self, mask: np.ndarray, sodium: float = 2.0, water: float = 6.0, energy: float = 0.0) -> None:
        """Put sodium (mEq), water (ml) and energy (kJ) straight into the stomach, past the tongue."""
        self._alive(mask, "a gastric infusion")
        self.body.gut_energy[mask] += energy
        for store, amount in (("gut_sodium", sodium), ("sodium_in", sodium), ("gut_water", water), ("water_in", water)):
            getattr(self.body, store)[mask] += amount

    @manipulation(solution=OneOf(SOLUTES), molarity=Number(0.0, unit="mol/l"), volume=Number(0.0, 5.0, "ml"))
    def infuse_oral(
        self, mask: np.ndarray, solution: str = "sodium chloride", molarity: float | None = None, volume: float = 0.2
    ) -> None:
        """Put a little of a solution (ml) into the mouth during the next step."""
        self._alive(mask, "an oral infusion")
        solute = SOLUTES.index(solution)
        self.body.infused_molarity[mask], self.body.infused_volume[mask] = _molarity(solute, molarity), volume
        self.body.infused[mask] = solute

    @manipulation(
        sodium=Number(*LETHAL_SODIUM, "mEq"), water=Number(*LETHAL_WATER, "ml"), energy=Number(*LETHAL_ENERGY, "kJ")
    )
    def replete(self, mask: np.ndarray, sodium: float = 0.0, water: float = 0.0, energy: float = 0.0) -> None:
        """Set the body to these deviations from its set-points (mEq, ml, kJ), empty the gut, and let hormones settle."""
        self._alive(mask, "repletion")
        body = self.body
        for name, value in (("sodium", sodium), ("water", water), ("energy", energy)):
            store = getattr(body, name)
            if name != "energy":  # what an experimenter adds or takes is in the books like anything else
                getattr(body, f"{name}_in")[mask] += value - store[mask] - getattr(body, f"gut_{name}")[mask]
            store[mask] = value
        body.angiotensin[mask] = body.aldosterone[mask] = max(0.0, -sodium)
        body.restart(mask, "gut_sodium", "gut_water", "gut_energy", "gut_lithium", "lithium", "lead", "natriuresis_left")

    @manipulation(only=OneOf(SOLUTES), molarity=Number(0.0, unit="mol/l"))
    def offer(self, mask: np.ndarray, only: str | None = None, molarity: float | None = None) -> None:
        """Offer nothing but one solution at every spout; without a name, nothing at all."""
        solute = NOTHING if only is None else SOLUTES.index(only)
        strength = 0.0 if only is None else _molarity(solute, molarity)
        self.body.solute[mask], self.body.molarity[mask] = solute, strength

    @manipulation
    def restore_spouts(self, mask: np.ndarray) -> None:
        """Give every spout back what this animal has always found there."""
        body = self.body
        body.solute[mask] = body.home_solute[mask]
        body.molarity[mask] = np.where(body.home_solute[mask] == NOTHING, 0.0, USUAL[body.home_solute[mask]])

    @manipulation(lever=Whole(0, LEVERS - 1))
    def extend_lever(self, mask: np.ndarray, lever: int = 0, out: bool = True) -> None:
        """Put a lever (0 or 1) out as a cue, or take it back."""
        self.body.lever[mask, lever] = float(out)

    @manipulation(fluid=OneOf(BOTTLES))
    def hang_bottle(self, mask: np.ndarray, fluid: str = "sugar") -> None:
        """Hang a bottle that drips on the floor in the middle, where no spout is felt: whoever licks there drinks (none ends it)."""
        self.body.bottle[mask] = BOTTLES.index(fluid)

    @manipulation(per_ml=Number(0.0, 10.0))
    def cost_of_licking(self, mask: np.ndarray, per_ml: float = 0.2) -> None:
        """Make each ml cost effort, in units of reward, as a progressive ratio does."""
        self.body.lick_cost[mask] = per_ml

    @manipulation(x=Number(0.0, CHAMBER, "m"), y=Number(0.0, CHAMBER, "m"))
    def place_at(self, mask: np.ndarray, x: float = CHAMBER / 2, y: float = CHAMBER / 2) -> None:
        """Put the animal at a place of the chamber (m)."""
        self.body.position[mask] = (x, y)

    @manipulation
    def spare_ailments(self, mask: np.ndarray, spared: bool = True) -> None:
        """Let no ailment cost salt, and no imbalance kill, as an experimenter's care does."""
        self.body.ailing[mask] = not spared
        self.body.spared[mask] = spared

    def _alive(self, mask: np.ndarray, what: str) -> None:
        dead = np.flatnonzero(mask & self.body.died & self._clock.finished)
        if dead.size:
            raise InvalidArgument(f"{what} needs a living animal, but rows {dead.tolist()} are dead; reset them first.")


class SaltTrap(SaltAppetite):
    """SaltAppetite with a trap: one spout gives lithium chloride, which tastes of salt and poisons.

    Description:
        As :class:`SaltAppetite`, but 0.15 M lithium chloride stands where potassium chloride stood. Steering's tongue is
        fooled: reward and fitness part ways, and malaise comes half an hour later.
    Observation:
        As SaltAppetite.
    Action:
        As SaltAppetite.
    Reward:
        As SaltAppetite; 1.2 mEq of lithium (3 mEq/kg, the usual aversive dose) takes about 44% of vigour for hours.
    Start:
        As SaltAppetite.
    End:
        As SaltAppetite.
    Arguments:
        As SaltAppetite.
    Version history:
        v0: first version.
    Source:
        Lithium passes the tongue's sodium channel; appetite for it in need: Duriez et al. (2023).
    """

    id = "SaltTrap-v0"
    steering = "SaltAppetite"
    offers = (WATER, SALT, SUCROSE, LITHIUM, QUININE, NOTHING)


def _molarity(solute: int, molarity: float | None) -> float:
    if molarity is None:
        return float(USUAL[solute])
    return in_range(f"molarity of {SOLUTES[solute]}", molarity, 0.0, float(STRONGEST[solute]), "mol/l")
