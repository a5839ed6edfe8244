"""Masked discrete diffusion over several variables at once (paper, section 4.2; VQ-Diffusion, Gu et al. 2022).

A symbol of a variable with n classes is 0..n-1, or n for [MASK]. In probability space, with A_t the cumulative share of
kept symbols, G_t of masked ones and B_t = (1 - A_t - G_t) / n:

    q(x_t = k | x_0 = j) = A_t [j = k] + B_t,    q(x_t = [MASK] | x_0 = j) = G_t.

Code index t is the paper's t + 1: noise levels are 0..T-1, and -1 is the clean state. The class axis comes second
everywhere: (B, n, L) for B samples of L symbols. Randomness enters only through ``draw``. Variables may have another
forward process instead, without [MASK], see ``transitions.py``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from .transitions import Corruption, Transition, TransitionSchedule

States = tuple[Tensor, ...]
"""One (B, L) tensor of symbols per variable."""
Network = Callable[[States, Tensor], tuple[Tensor, ...]]
"""(noisy symbols, t (B,) or (1,)) -> logits (B, n, L) per variable; with guidance (2B, n, L), unconditional first."""
Draw = Callable[[tuple[int, ...]], Tensor]
"""Shape -> numbers uniform in [0, 1)."""
OnStep = Callable[[int, int, States], None]
"""(steps done, steps in all, symbols now); may raise to cancel."""


class LazyNetwork(ABC):
    """A network that can leave out logits that do not matter."""

    @abstractmethod
    def where_undecided(self, states: States, t: Tensor, undecided: States) -> tuple[Tensor, ...]:
        """As a :data:`Network`, but only the logits of undecided symbols, (B, L) bool per variable, need be right."""

    @abstractmethod
    def __call__(self, states: States, t: Tensor) -> tuple[Tensor, ...]:
        """As a :data:`Network`."""


LOG_FLOOR = -70.0
_FLOOR = 3.9754497e-31  # exp(LOG_FLOOR), still a normal float32
_AUXILIARY_WEIGHT = 5e-4
"""Weight of the auxiliary loss, the official one."""
_ROUNDING = 1e-3
"""By how much logarithms must differ for rounding not to change which is larger."""


class Variable(NamedTuple):
    """A kind of symbol.

    Attributes:
        name: for logs.
        n_classes: classes without [MASK].
        weight: of its loss.
        window: share of the schedule in which it is masked, from the clean end to the noisy one; the paper's is all of
            it. Variables of windows one behind the other are revealed one after the other.
        corruption: the forward process.
        shares: (n,) of the classes in the data, where the process is the marginal one.
        follows: name of an earlier variable whose symbols are masked and revealed together with this one's, as many of
            these in a row as fit to one of those; "": masked independently, as in the paper.
    """

    name: str
    n_classes: int
    weight: float = 1.0
    window: tuple[float, float] = (0.0, 1.0)
    corruption: Corruption = "mask"
    shares: Tensor | None = None
    follows: str = ""

    @property
    def n_symbols(self) -> int:
        """Classes, and [MASK] where the process has it."""
        return self.n_classes + (self.corruption == "mask")


class Step(NamedTuple):
    """One network call: the time t that the network gets, and the levels from and to which the posterior steps."""

    t: int
    source: int
    target: int


def even_steps(calls: int, start: int = 100) -> list[Step]:
    """Evenly spaced network calls from level ``start - 1`` to the clean state; ``calls`` = ``start`` is every level.

    A longer stride uses the posterior of the whole stride, so each symbol is revealed at its proper rate.

    Args:
        calls: network calls; more than ``start`` are cut to ``start``.
        start: levels to run through: all (100) or, for an edit, the share of them that it re-runs.

    Raises:
        ValueError: without at least one call and one level.
    """
    if calls < 1 or start < 1:
        raise ValueError(f"Sampling needs at least one call and one level, not {calls} and {start}")
    calls = min(calls, start)
    levels = [round(start * (calls - k) / calls) - 1 for k in range(calls + 1)]
    return [Step(source, source, target) for source, target in pairwise(levels)]


class Kernel(NamedTuple):
    """Coefficients between two levels s < t for one variable, each (B or 1, 1, 1) float32.

    ``keep``, ``uniform`` (per class) and ``mask`` are A, B and G: cumulative at t and at s, and of the step s to t.
    """

    keep_t: Tensor
    uniform_t: Tensor
    mask_t: Tensor
    keep_s: Tensor
    uniform_s: Tensor
    mask_s: Tensor
    keep_step: Tensor
    uniform_step: Tensor
    mask_step: Tensor


class MaskSchedule:
    """Cumulative keep and mask shares: linear in t, with A_t + G_t = 0.999999, so almost purely absorbing.

    Args:
        n_steps: T; the paper's 100.
        window: part of the schedule in which the shares change; outside they stay at their ends.
    """

    def __init__(self, n_steps: int = 100, window: tuple[float, float] = (0.0, 1.0)) -> None:
        low, high = window
        share = ((torch.linspace(0, 1, n_steps, dtype=torch.float64) - low) / (high - low)).clamp(0, 1)
        clean = torch.tensor([1.0, 0.0], dtype=torch.float64)  # entry T, which index -1 wraps to
        self.n_steps = n_steps
        self.keep = torch.cat([0.99999 + share * (0.000009 - 0.99999), clean[:1]])
        self.mask = torch.cat([0.000009 + share * (0.99999 - 0.000009), clean[1:]])

    def kernel(self, source: Tensor, target: Tensor, n_classes: int) -> Kernel:
        """Coefficients from level ``target`` up to ``source``, each (B,) integers with target < source; -1 is clean."""
        i, j = source.cpu(), target.cpu()
        keep_t, mask_t, keep_s, mask_s = self.keep[i], self.mask[i], self.keep[j], self.mask[j]
        keep_step = keep_t / keep_s
        mask_step = 1 - (1 - mask_t) / (1 - mask_s)
        columns = (
            (keep_t, (1 - keep_t - mask_t) / n_classes, mask_t),
            (keep_s, (1 - keep_s - mask_s) / n_classes, mask_s),
            (keep_step, (1 - keep_step - mask_step) / n_classes, mask_step),
        )
        return Kernel(*(c.to(torch.float32).to(source.device)[:, None, None] for group in columns for c in group))

    def lost(self, level: int) -> float:
        """Share of the symbols that are masked at a level."""
        return float(self.mask[level])


def one_hot(x: Tensor, n_classes: int) -> Tensor:
    """Symbols (B, L) -> bool (B, n, L); [MASK] is all False."""
    return x[:, None] == torch.arange(n_classes, device=x.device)[:, None]


def log_probabilities(p: Tensor) -> Tensor:
    """Logarithm with the official floor of -70."""
    return p.clamp_min(_FLOOR).log()


def marginal(x_0: Tensor, k: Kernel | Transition, n_classes: int) -> Tensor:
    """q(x_t | x_0): symbols (B, L), [MASK] among them -> probabilities (B, n+1, L), [MASK] last, where there is one."""
    if isinstance(k, Transition):
        return k.marginal(x_0)
    masked = (x_0 == n_classes)[:, None]
    classes = torch.where(masked, 0.0, k.keep_t * one_hot(x_0, n_classes) + k.uniform_t)
    return torch.cat([classes, torch.where(masked, 1.0, k.mask_t)], dim=1)


def posterior(p: Tensor, x_t: Tensor, k: Kernel | Transition) -> Tensor:
    """p(x_s | x_t) for a predicted distribution of x_0, in closed form; with a one-hot p it is the true posterior.

    For x_t = [MASK]: P(m) = g (A_s p(m) + B_s) / G_t and P([MASK]) = G_s / G_t. For x_t = k, with
    R = Σ_j p(j) / q(x_t | j): P(m) = (a [m = k] + b) (A_s p(m) / q(x_t | m) + B_s R).

    Args:
        p: (B, n, L) probabilities.
        x_t: (B, L) symbols at level t.
        k: the coefficients between s and t.

    Returns:
        (B, n+1, L), [MASK] last, where there is one; sums to 1 where p does.
    """
    if isinstance(k, Transition):
        return k.posterior(p, x_t)
    n = p.shape[1]
    masked, same = (x_t == n)[:, None], one_hot(x_t, n)
    from_mask = k.mask_step * (k.keep_s * p + k.uniform_s) / k.mask_t
    ratio = p / (k.keep_t * same + k.uniform_t)
    revealed = k.keep_step * same + k.uniform_step
    revealed = revealed * (k.keep_s * ratio + k.uniform_s * ratio.sum(dim=1, keepdim=True))
    still_masked = torch.where(masked, k.mask_s / k.mask_t, 0.0)
    return torch.cat([torch.where(masked, from_mask, revealed), still_masked], dim=1)


def predict_clean(
    logits: Tensor, guidance: float = 1.0, truncation: float = 1.0, allowed: Tensor | None = None
) -> Tensor:
    """Log-probabilities log p(x_0) from the network's logits.

    Args:
        logits: (B, n, L); where ``guidance`` is not 1 (2B, n, L), unconditional first.
        guidance: s in log p = l_u + s (l_c - l_u), renormalised; 1 is off. The paper's s is this one minus 1.
        truncation: r; classes are kept while the more probable ones sum to less than r.
        allowed: bool, broadcastable to (B, n, L); False forbids a class.

    Returns:
        (B, n, L) log-probabilities within [-70, 0].
    """
    log_p = logits.float().log_softmax(dim=1)
    if guidance != 1.0:
        unconditional, conditional = log_p.chunk(2)
        log_p = (unconditional + guidance * (conditional - unconditional)).log_softmax(dim=1)
    if truncation < 1.0:
        log_p = _truncate(log_p, truncation)
    if allowed is not None:
        log_p = log_p.masked_fill(~allowed, -torch.inf).log_softmax(dim=1)
    return log_p.clamp(LOG_FLOOR, 0.0)


def _truncate(log_p: Tensor, rate: float) -> Tensor:
    """Drops the tail of each distribution, without renormalising (VQ-Diffusion's truncation)."""
    ordered, index = log_p.sort(dim=1, descending=True)
    before = ordered.exp().cumsum(dim=1) - ordered.exp()
    dropped = torch.empty_like(before, dtype=torch.bool).scatter_(1, index, before >= rate)
    return log_p.masked_fill(dropped, -torch.inf)


def sample_symbols(p: Tensor, draw: Draw) -> Tensor:
    """One symbol from each distribution (B, K, L) -> (B, L), by the Gumbel trick with the official constants."""
    return _choose(p, _gumbel(draw, tuple(p.shape), p.device))


def _gumbel(draw: Draw, shape: tuple[int, ...], device: torch.device) -> Tensor:
    return -torch.log(-torch.log(draw(shape).to(device, torch.float32) + 1e-30) + 1e-30)


def _choose(p: Tensor, gumbel: Tensor) -> Tensor:
    return (log_probabilities(p) + gumbel).argmax(dim=1)


def undecided(x_t: Tensor, k: Kernel | Transition, gumbel: Tensor, mass: float = 1.0) -> Tensor:
    """Where the network can still matter, once the random numbers of a step are drawn.

    In most steps most symbols stay as they are, whatever the network says: the posterior leaves little to the others,
    and the numbers drawn do not favour them. With S the mass of p(x_0), bounds of :func:`posterior` over every p are

        x_t = [MASK]:  P([MASK]) = G_s / G_t,                            P(m) ≤ g (A_s + B_s) / G_t
        x_t = k:       P(k) ≥ S (a + b) min(B_s / B_t, (A_s + B_s) / (A_t + B_t)),   P(m) ≤ b (A_s + B_s) / B_t.

    Args:
        x_t: (B, L) symbols.
        k: the coefficients of the step.
        gumbel: (B, n+1, L) that the symbols will be chosen with.
        mass: a lower bound of S: the rate of the truncation.

    Returns:
        (B, L) bool, False where the symbol is certain to stay; all True where there is no [MASK].
    """
    if isinstance(k, Transition):
        return torch.ones_like(x_t, dtype=torch.bool)
    n = gumbel.shape[1] - 1
    masked, now = x_t == n, one_hot(x_t, n + 1)
    least = (k.uniform_s / k.uniform_t).minimum((k.keep_s + k.uniform_s) / (k.keep_t + k.uniform_t))
    stay_revealed = mass * (k.keep_step + k.uniform_step) * least
    leave_revealed = k.uniform_step * (k.keep_s + k.uniform_s) / k.uniform_t
    leave_masked = k.mask_step * (k.keep_s + k.uniform_s) / k.mask_t
    stay, leave = (
        torch.where(masked, m[:, 0], r[:, 0]).log()
        for m, r in ((k.mask_s / k.mask_t, stay_revealed), (leave_masked, leave_revealed))
    )
    staying = (gumbel * now).sum(dim=1) + stay
    # A revealed symbol cannot become [MASK] again.
    others = gumbel[:, :n].masked_fill(now[:, :n], -torch.inf).amax(dim=1) + leave
    return others + _ROUNDING > staying


@dataclass(frozen=True)
class Partial:
    """The known symbols that sampling starts from and keeps.

    Attributes:
        clean: symbols per variable, (B, L); read only where known.
        known: bool per variable, (B, L); True stays as it is, False starts as noise: [MASK], where there is one.
    """

    clean: States
    known: States

    def restore(self, states: States) -> States:
        """The states with the known symbols put back."""
        return tuple(
            torch.where(known, clean, x) for known, clean, x in zip(self.known, self.clean, states, strict=True)
        )

    def remask(self, states: States, order: States, shares: Sequence[float], noise: States) -> States:
        """The states with a share of the known symbols hidden: those whose place in ``order``, in [0, 1), is below."""
        return tuple(
            torch.where(known & (u.to(x.device) < share), hidden, x)
            for known, u, x, share, hidden in zip(self.known, order, states, shares, noise, strict=True)
        )


class DiscreteLoss(NamedTuple):
    """The training loss.

    Attributes:
        total: scalar to minimise, the sum of the terms.
        terms: scalar per variable, weighted; the official ``vb_x``, ``vb_e`` and ``vb_o``.
        main: (B,) main loss of each sample, from which :class:`TimeSampler` learns.
    """

    total: Tensor
    terms: tuple[Tensor, ...]
    main: Tensor


class DiscreteDiffusion:
    """Diffusion of several variables that share a network and its times, and are noised independently.

    A variable that ``follows`` another shares its mask times: the leader's symbols are masked and revealed as always,
    and its followers with them. Each symbol's own q(x_t | x_0) and posterior stay what they are, hence the loss too.

    Args:
        variables: in the order in which the network takes and returns them, and randomness is drawn.
        n_steps: T, noise levels.
    """

    def __init__(self, variables: Sequence[Variable], n_steps: int = 100) -> None:
        self.variables, self.n_steps = tuple(variables), n_steps
        self.schedules = tuple(
            MaskSchedule(n_steps, v.window)
            if v.corruption == "mask"
            else TransitionSchedule(v.corruption, v.n_classes, n_steps, v.shares)
            for v in self.variables
        )

    def noise(self, clean: States, t: Tensor, draw: Draw) -> States:
        """x_t ~ q(x_t | x_0) for t (B,); draws (B, symbols, L) for each variable in order."""
        return self._chosen(
            (marginal(x, k, v.n_classes), _gumbel(draw, (len(x), v.n_symbols, x.shape[1]), x.device))
            for v, k, x in zip(self.variables, self._kernel(t, t - 1), clean, strict=True)
        )

    def _chosen(self, choices: Iterable[tuple[Tensor, Tensor]], known: States | None = None) -> States:
        """A symbol of each distribution (B, symbols, L) by its Gumbel noise; those that follow are masked as told.

        Args:
            choices: distribution and noise of each variable.
            known: per variable (B, L), symbols that do not tell their followers anything: these choose for themselves.
        """
        found: dict[str, Tensor] = {}
        leaders = {v.name: i for i, v in enumerate(self.variables)}
        for v, (p, gumbel) in zip(self.variables, choices, strict=True):
            x = _choose(p, gumbel)
            if v.follows:
                leader = leaders[v.follows]
                masked = self._spread(found[v.follows] == self.variables[leader].n_classes, x)
                told = torch.where(masked, v.n_classes, _choose(p[:, :-1], gumbel[:, :-1]))
                x = told if known is None else torch.where(self._spread(known[leader], x), x, told)
            found[v.name] = x
        return tuple(found.values())

    @staticmethod
    def _spread(of_leader: Tensor, x: Tensor) -> Tensor:
        """(B, L) of a leader's symbols as of the symbols x that follow them."""
        return of_leader.repeat_interleave(x.shape[1] // of_leader.shape[1], dim=1)

    def _kernel(self, source: Tensor, target: Tensor) -> list[Kernel | Transition]:
        """The coefficients of each variable between levels (B,)."""
        return [
            s.kernel(source, target) if isinstance(s, TransitionSchedule) else s.kernel(source, target, v.n_classes)
            for v, s in zip(self.variables, self.schedules, strict=True)
        ]

    def _start(self, like: States, draw: Draw) -> States:
        """States of the last level: all [MASK], or drawn from what the process ends in, (B, n, L) for each variable."""
        found: list[Tensor] = []
        for v, schedule, x in zip(self.variables, self.schedules, like, strict=True):
            if isinstance(schedule, TransitionSchedule):
                p = schedule.stationary.to(x.device, torch.float32)[None, :, None]
                found.append(sample_symbols(p.expand(len(x), -1, x.shape[1]), draw))
            else:
                found.append(torch.full_like(x, v.n_classes))
        return tuple(found)

    @torch.inference_mode()
    def sample(
        self,
        network: Network | LazyNetwork,
        start: Partial,
        steps: Sequence[Step],
        draw: Draw,
        *,
        guidance: float | Sequence[float] = 1.0,
        truncation: float = 1.0,
        allowed: Sequence[Tensor | None] | None = None,
        remasked_share: float = 0.0,
        on_step: OnStep | None = None,
    ) -> States:
        """Ancestral sampling; known symbols are put back before every step and at the end.

        Variables without [MASK] start from the distribution that their process ends in, (B, n, L) uniforms each.

        With ``remasked_share`` the network sees known symbols as in training: masked at first, and revealed with the
        others. That helps where a whole variable is to be filled in, a state that it never met in training. (The
        official code has such a variant, "ratio 0", which its scripts do not use.)

        Args:
            network: gives logits; with any guidance of twice the batch, unconditional first. Of a
                :class:`LazyNetwork` only those are asked for that this step's random numbers leave undecided; the
                result is the same.
            start: what is known.
            steps: from :func:`even_steps`.
            draw: uniforms; asked for (B, symbols, L) for each variable in order, in every step.
            guidance: see :func:`predict_clean`; one for all variables, or one for each.
            truncation: see :func:`predict_clean`.
            allowed: per variable None or a bool mask broadcastable to (B, n, L); a forbidden class is never returned.
            remasked_share: share of the schedule's masking that known symbols undergo too; 0 is the official editing.
                Above 0, (B, L) uniforms are drawn first, for each variable in order.
            on_step: called after every step; an exception that it raises ends the sampling.

        Returns:
            Clean symbols per variable, (B, L).

        Raises:
            ValueError: where every class of a symbol is forbidden.
        """
        allowed = allowed or [None] * len(self.variables)
        scales = [guidance] * len(self.variables) if isinstance(guidance, int | float) else guidance
        guided = any(scale != 1.0 for scale in scales)
        if any(a is not None and not bool(a.any(dim=1).all()) for a in allowed):
            raise ValueError("Every class of a symbol is forbidden")
        noise = states = self._start(start.clean, draw)
        order = tuple(draw(tuple(x.shape)) for x in noise) if remasked_share > 0 else ()
        all_kernels = self._kernels(steps, noise[0].device)
        for done, (step, kernels) in enumerate(zip(steps, all_kernels, strict=True), start=1):
            states = start.restore(states)
            if order:
                hidden = [remasked_share * schedule.lost(step.source) for schedule in self.schedules]
                states = start.remask(states, order, hidden, noise)
            t = torch.tensor([step.t], device=states[0].device)
            shapes = [(len(x), v.n_symbols, x.shape[1]) for v, x in zip(self.variables, states, strict=True)]
            gumbels = [_gumbel(draw, shape, t.device) for shape in shapes]
            if isinstance(network, LazyNetwork):
                inputs = zip(self.variables, states, kernels, gumbels, strict=True)
                open_symbols = tuple(
                    torch.ones_like(x, dtype=torch.bool) if v.follows else undecided(x, k, g, truncation)
                    for v, x, k, g in inputs
                )
                all_logits = network.where_undecided(states, t, open_symbols)
            else:
                all_logits = network(states, t)
            # A variable without guidance needs the conditional half alone.
            needed = (
                logits.chunk(2)[1] if guided and scale == 1.0 else logits
                for logits, scale in zip(all_logits, scales, strict=True)
            )
            items = zip(needed, scales, allowed, strict=True)
            log_p0 = (predict_clean(logits, scale, truncation, a) for logits, scale, a in items)
            states = self._chosen(
                ((posterior(lp.exp(), x, k), g) for lp, x, k, g in zip(log_p0, states, kernels, gumbels, strict=True)),
                start.known,
            )
            if on_step is not None:
                on_step(done, len(steps), states)
        return start.restore(states)

    def _kernels(self, steps: Sequence[Step], device: torch.device) -> list[list[Kernel | Transition]]:
        """For each step the coefficients of each variable."""
        sources, targets = (torch.tensor(levels, device=device) for levels in zip(*[s[1:] for s in steps], strict=True))
        kernels = self._kernel(sources, targets)
        return [[type(k)(*(part[i : i + 1] for part in k)) for k in kernels] for i in range(len(steps))]

    def loss(
        self,
        network: Network,
        clean: States,
        t: Tensor,
        pt: Tensor,
        draw: Draw,
        *,
        emphasis: Sequence[Tensor] | None = None,
        known: States | None = None,
    ) -> DiscreteLoss:
        """Variational bound plus auxiliary loss, with importance-sampled times.

        Args:
            network: gives logits for the noisy symbols at t.
            clean: x_0 per variable, (B, L).
            t: (B,) times 0..T-1.
            pt: (B,) the probability with which each time was drawn.
            draw: uniforms for the noise.
            emphasis: per variable (B, L) weights of the symbols; None: all 1, the official loss.
            known: per variable (B, L) bool, symbols that are not noised, as in editing; None: none, as officially.
        """
        noisy = self.noise(clean, t, draw)
        if known is not None:
            noisy = Partial(clean, known).restore(noisy)
        all_logits = network(noisy, t)
        terms: list[Tensor] = []
        history = torch.zeros_like(pt)
        emphasis = emphasis or [torch.ones(1, device=t.device)] * len(self.variables)
        items = zip(self.variables, self._kernel(t, t - 1), clean, noisy, all_logits, emphasis, strict=True)
        for v, k, x_0, x_t, logits, symbol_weights in items:
            main, auxiliary = ((part * symbol_weights).mean(dim=1) for part in _bound(v, k, x_0, x_t, logits, t))
            weight = (2 - t / self.n_steps) * _AUXILIARY_WEIGHT
            # The official loss divides the mean over the symbols once more by their number.
            terms.append(v.weight * ((main + weight * auxiliary) / pt).mean() / x_0.shape[1])
            history = history + v.weight * main.detach()
        return DiscreteLoss(torch.stack(terms).sum(), tuple(terms), history)


def _bound(
    v: Variable, k: Kernel | Transition, x_0: Tensor, x_t: Tensor, logits: Tensor, t: Tensor
) -> tuple[Tensor, Tensor]:
    """Main and auxiliary loss of each symbol, (B, L): KL of the posteriors, of p(x_0); at t = 0 the likelihood."""
    log_p0 = predict_clean(logits)
    truth = posterior(one_hot(x_0, v.n_classes).to(log_p0.dtype), x_t, k)
    log_model = log_probabilities(posterior(log_p0.exp(), x_t, k))
    kl = (truth * (log_probabilities(truth) - log_model)).sum(dim=1)
    likelihood = -log_model.gather(1, x_0[:, None])[:, 0]
    kl_clean = -log_p0.gather(1, x_0[:, None])[:, 0]
    first = (t == 0)[:, None]
    return torch.where(first, likelihood, kl), torch.where(first, likelihood, kl_clean)


class TimeSampler:
    """Draws training times in proportion to the square root of their remembered squared loss.

    Attributes:
        history: (T,) running mean of the squared main loss, the official ``Lt_history``.
        count: (T,) how often each time was seen, the official ``Lt_count``.
    """

    _SEEN_ENOUGH = 10
    """Times are drawn uniformly until each was seen more often than this, as officially."""

    def __init__(self, n_steps: int = 100) -> None:
        self.history = torch.zeros(n_steps)
        self.count = torch.zeros(n_steps)

    def draw(self, batch: int, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Times (B,) and the probabilities (B,) that they were drawn with; uniform until all were seen enough."""
        p = torch.ones_like(self.history)
        if bool((self.count > self._SEEN_ENOUGH).all()):
            p = (self.history + 1e-10).sqrt() + 1e-4
            p[0] = p[1]
        p = p / p.sum()
        t = torch.multinomial(p, batch, replacement=True, generator=generator)
        return t, p[t]

    def update(self, t: Tensor, main: Tensor) -> None:
        """Remembers the losses (B,) of :attr:`DiscreteLoss.main` at the times (B,)."""
        self.history[t] = 0.9 * self.history[t] + 0.1 * main.float() ** 2
        self.count.index_add_(0, t, torch.ones_like(main, dtype=self.count.dtype))
