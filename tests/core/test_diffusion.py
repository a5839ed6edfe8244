"""The samplers on their own: kernels against Bayes' rule, known parts, steps, cancelling, the draws they ask for."""

from itertools import pairwise

import pytest
import torch

from instructscene_core.diffusion.discrete import (
    DiscreteDiffusion,
    LazyNetwork,
    MaskSchedule,
    Partial,
    TimeSampler,
    Variable,
    even_steps,
    marginal,
    one_hot,
    posterior,
    predict_clean,
    sample_symbols,
)
from instructscene_core.diffusion.gaussian import GaussianDiffusion, Group, Known, even_times
from instructscene_core.errors import CancelledError

VARIABLES = (Variable("a", 5), Variable("b", 3, 10.0))
LENGTHS = (4, 6)
T = 100


def drawing(seed, kind=torch.rand):
    generator = torch.Generator().manual_seed(seed)
    return lambda shape: kind(shape, generator=generator)


def nothing_known(batch, lengths):
    return Partial(*(tuple(torch.zeros(batch, n, dtype=kind) for n in lengths) for kind in (torch.long, torch.bool)))


def guess(states, _t):
    """A network with an opinion: class 1, with a probability of about 70 %."""
    logits = [torch.zeros(len(x), v.n_classes, x.shape[1]) for v, x in zip(VARIABLES, states, strict=True)]
    for one in logits:
        one[:, 1] = 1.5
    return tuple(logits)


def transition(schedule, source, target, n):
    """q(x_source | x_target) as a matrix [to, from], [MASK] last."""
    k = schedule.kernel(torch.tensor([source]), torch.tensor([target]), n)
    matrix = torch.zeros(n + 1, n + 1, dtype=torch.float64)
    matrix[:n, :n] = float(k.keep_step) * torch.eye(n) + float(k.uniform_step)
    matrix[n, :n] = float(k.mask_step)
    matrix[n, n] = 1
    return matrix


@pytest.mark.parametrize(("source", "target"), [(0, -1), (1, 0), (50, 49), (99, 98), (60, 20)])
def test_posterior_is_bayes_rule(source, target):
    n, schedule = 5, MaskSchedule()
    step, to_target = transition(schedule, source, target, n), torch.eye(n + 1, dtype=torch.float64)
    if target >= 0:
        to_target = transition(schedule, target, -1, n)
    p = torch.rand(n, generator=torch.Generator().manual_seed(0)).softmax(dim=0)
    for x_t in range(n + 1):
        # p(x_s | x_t) = Σ_j p(j) q(x_t | x_s) q(x_s | j) / q(x_t | j)
        joint = step[x_t, :, None] * to_target[:, :n]
        wanted = (joint / joint.sum(dim=0) * p.double()).sum(dim=1)
        kernel = schedule.kernel(torch.tensor([source]), torch.tensor([target]), n)
        ours = posterior(p[None, :, None], torch.tensor([[x_t]]), kernel)[0, :, 0]
        assert torch.allclose(ours.double(), wanted, atol=2e-6)


def test_marginal_ends_masked_and_starts_clean():
    schedule, x_0 = MaskSchedule(), torch.tensor([[0, 3, 5]])
    for level, share in ((0, 9e-6), (99, 0.99999)):
        t = torch.tensor([level])
        q = marginal(x_0, schedule.kernel(t, t - 1, 5), 5)
        assert torch.allclose(q.sum(dim=1), torch.ones(1, 3))
        assert q[0, 5].tolist() == pytest.approx([share, share, 1.0])


def test_even_steps_cover_every_level_once():
    for calls, start in ((100, 100), (7, 100), (25, 50), (1, 3), (200, 100)):
        steps = even_steps(calls, start)
        assert len(steps) == min(calls, start)
        assert (steps[0].source, steps[-1].target) == (start - 1, -1)
        assert all(a.target == b.source for a, b in pairwise(steps))
        assert all(s.source > s.target and s.t == s.source for s in steps)
    with pytest.raises(ValueError, match="at least one"):
        even_steps(0)


@pytest.mark.parametrize("calls", [100, 10])
def test_symbols_are_revealed_at_their_rate_however_few_the_calls(calls):
    """After the step to level s, the share that is still masked is that of the schedule."""
    shares = []
    diffusion = DiscreteDiffusion(VARIABLES)
    diffusion.sample(
        guess,
        nothing_known(400, LENGTHS),
        even_steps(calls),
        drawing(0),
        on_step=lambda _done, _total, states: shares.append(float((states[0] == 5).float().mean())),
    )
    targets = torch.tensor([step.target for step in even_steps(calls)])
    assert shares == pytest.approx(diffusion.schedules[0].mask[targets].tolist(), abs=0.04)


@pytest.mark.parametrize("calls", [100, 20])
def test_variables_of_windows_one_behind_the_other_are_revealed_one_after_the_other(calls):
    first, second = (v._replace(window=w) for v, w in zip(VARIABLES, ((0.6, 1.0), (0.0, 0.6)), strict=True))
    masked: list[tuple[float, float]] = []
    diffusion = DiscreteDiffusion((first, second))
    diffusion.sample(
        guess,
        nothing_known(400, LENGTHS),
        even_steps(calls),
        drawing(0),
        on_step=lambda _done, _total, s: masked.append(
            tuple(float((x == v.n_classes).float().mean()) for x, v in zip(s, (first, second), strict=True))
        ),
    )
    for step, shares in zip(even_steps(calls), masked, strict=True):
        level = step.target / 99
        wanted = min(max((level - 0.6) / 0.4, 0.0), 1.0), min(max(level / 0.6, 0.0), 1.0)
        assert shares == pytest.approx(wanted, abs=0.05)


def test_known_symbols_are_not_noised_in_training():
    clean = tuple(torch.zeros(8, n, dtype=torch.long) for n in LENGTHS)
    known = tuple(torch.rand(x.shape, generator=torch.Generator().manual_seed(0)) < 0.5 for x in clean)
    seen: list[torch.Tensor] = []

    def network(states, t):
        seen.extend(states)
        return guess(states, t)

    t, pt = torch.full((8,), 99), torch.full((8,), 0.01)
    DiscreteDiffusion(VARIABLES).loss(network, clean, t, pt, drawing(0), known=known)
    for x, k, v in zip(seen, known, VARIABLES, strict=True):
        assert bool((x[k] == 0).all())
        assert bool((x[~k] == v.n_classes).all())


def test_samples_follow_the_predicted_distribution():
    x, _ = DiscreteDiffusion(VARIABLES).sample(guess, nothing_known(1000, LENGTHS), even_steps(10), drawing(1))
    wanted = torch.tensor([0.0, 1.5, 0.0, 0.0, 0.0]).softmax(dim=0)
    assert torch.allclose(x.flatten().bincount(minlength=5) / x.numel(), wanted, atol=0.03)


def test_known_symbols_come_back_and_the_network_always_sees_them():
    generator = torch.Generator().manual_seed(0)
    clean = tuple(
        torch.randint(0, v.n_classes, (3, n), generator=generator) for v, n in zip(VARIABLES, LENGTHS, strict=True)
    )
    known = tuple(torch.rand(x.shape, generator=generator) < 0.5 for x in clean)

    def network(states, t):
        for x, c, k in zip(states, clean, known, strict=True):
            assert torch.equal(x[k], c[k])
        return guess(states, t)

    result = DiscreteDiffusion(VARIABLES).sample(network, Partial(clean, known), even_steps(20, 50), drawing(2))
    for v, x, c, k in zip(VARIABLES, result, clean, known, strict=True):
        assert torch.equal(x[k], c[k])
        assert int(x.max()) < v.n_classes


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_concealed_symbols_are_revealed_on_the_way_and_come_back(share):
    generator = torch.Generator().manual_seed(0)
    clean = tuple(
        torch.randint(0, v.n_classes, (400, n), generator=generator) for v, n in zip(VARIABLES, LENGTHS, strict=True)
    )
    known = tuple(torch.ones_like(x, dtype=torch.bool) for x in clean)
    hidden = []

    def network(states, t):
        hidden.append(float((states[0] == VARIABLES[0].n_classes).float().mean()))
        assert all(
            torch.equal(x[x != v.n_classes], c[x != v.n_classes])
            for v, x, c in zip(VARIABLES, states, clean, strict=True)
        )
        return guess(states, t)

    result = DiscreteDiffusion(VARIABLES).sample(
        network, Partial(clean, known), even_steps(20), drawing(2), remasked_share=share
    )
    assert all(torch.equal(x, c) for x, c in zip(result, clean, strict=True))
    assert hidden[0] == pytest.approx(share, abs=0.05)
    assert hidden == sorted(hidden, reverse=True)
    assert hidden[-1] < 0.06


def test_forbidden_classes_are_never_drawn():
    allowed = torch.ones(1, 5, 4, dtype=torch.bool)
    allowed[:, 1] = False
    start = nothing_known(200, LENGTHS)
    x, _ = DiscreteDiffusion(VARIABLES).sample(guess, start, even_steps(10), drawing(3), allowed=[allowed, None])
    assert not bool((x == 1).any())
    nothing = torch.zeros(1, 5, 4, dtype=torch.bool)
    with pytest.raises(ValueError, match="forbidden"):
        DiscreteDiffusion(VARIABLES).sample(guess, start, even_steps(10), drawing(3), allowed=[nothing, None])


def test_guidance_sharpens_towards_the_conditional_distribution():
    conditional, unconditional = torch.tensor([0.6, 0.3, 0.1]).log(), torch.tensor([0.4, 0.3, 0.3]).log()
    logits = torch.stack([unconditional, conditional])[..., None]
    p = predict_clean(logits, guidance=2.0).exp()[0, :, 0]
    wanted = (2 * conditional - unconditional).softmax(dim=0)
    assert torch.allclose(p, wanted, atol=1e-6)
    assert torch.allclose(predict_clean(logits, guidance=1.0 + 1e-9).exp()[0, :, 0], conditional.exp(), atol=1e-5)


def test_variables_may_have_guidance_of_their_own():
    def both_sides(states, t):
        return tuple(torch.cat([torch.zeros_like(logits), logits]) for logits in guess(states, t))

    def sampled(network, guidance):
        start = nothing_known(200, LENGTHS)
        return DiscreteDiffusion(VARIABLES).sample(network, start, even_steps(10), drawing(4), guidance=guidance)

    first, second = sampled(both_sides, (1.0, 3.0))
    assert torch.equal(first, sampled(guess, 1.0)[0])
    assert torch.equal(second, sampled(both_sides, 3.0)[1])
    assert float((second == 1).float().mean()) > float((sampled(guess, 1.0)[1] == 1).float().mean()) + 0.1


def test_truncation_drops_the_tail():
    p = torch.tensor([0.5, 0.3, 0.15, 0.05])
    kept = predict_clean(p.log()[None, :, None], truncation=0.75)[0, :, 0]
    assert (kept > -70).tolist() == [True, True, False, False]


def test_draws_are_asked_for_in_one_order_whatever_is_known():
    """So that one request's random numbers do not depend on another's."""

    def shapes(start):
        asked = []
        draw = drawing(0)
        DiscreteDiffusion(VARIABLES).sample(
            guess, start, even_steps(3), lambda shape: asked.append(shape) or draw(shape)
        )
        return asked

    clean = tuple(torch.zeros(2, n, dtype=torch.long) for n in LENGTHS)
    known = tuple(torch.ones(2, n, dtype=torch.bool) for n in LENGTHS)
    assert shapes(nothing_known(2, LENGTHS)) == shapes(Partial(clean, known)) == [(2, 6, 4), (2, 4, 6)] * 3


class Doubtful(LazyNetwork):
    """A network that gives nonsense wherever that is said not to matter."""

    def __init__(self, network):
        self.network, self.asked, self.symbols = network, 0, 0

    def __call__(self, states, t):
        return self.network(states, t)

    def where_undecided(self, states, t, undecided):
        self.asked += sum(int(u.sum()) for u in undecided)
        self.symbols += sum(u.numel() for u in undecided)
        nonsense = [30 * torch.randn(len(x), v.n_classes, x.shape[1]) for v, x in zip(VARIABLES, states, strict=True)]
        answer = self.network(states, t)
        return tuple(torch.where(u[:, None], a, n) for a, n, u in zip(answer, nonsense, undecided, strict=True))


@pytest.mark.parametrize("opinion", [0.0, 10.0])
@pytest.mark.parametrize(("calls", "truncation", "share"), [(100, 1.0, 0.3), (100, 0.7, 0.35), (10, 1.0, 0.9)])
def test_logits_of_decided_symbols_do_not_matter(calls, truncation, share, opinion):
    def network(states, t):
        generator = torch.Generator().manual_seed(int(t))
        shapes = [(len(x), v.n_classes, x.shape[1]) for v, x in zip(VARIABLES, states, strict=True)]
        return tuple(opinion * torch.randn(shape, generator=generator) for shape in shapes)

    doubtful, start = Doubtful(network), nothing_known(100, LENGTHS)
    plain, lazy = (
        DiscreteDiffusion(VARIABLES).sample(one, start, even_steps(calls), drawing(5), truncation=truncation)
        for one in (network, doubtful)
    )
    assert all(torch.equal(a, b) for a, b in zip(plain, lazy, strict=True))
    assert doubtful.asked < share * doubtful.symbols


def test_discrete_loss_is_least_for_the_truth():
    diffusion, generator = DiscreteDiffusion(VARIABLES), torch.Generator().manual_seed(0)
    clean = tuple(
        torch.randint(0, v.n_classes, (64, n), generator=generator) for v, n in zip(VARIABLES, LENGTHS, strict=True)
    )
    t, pt = torch.randint(0, T, (64,), generator=generator), torch.full((64,), 0.01)

    def knowing(_states, _t):
        return tuple(20.0 * one_hot(x, v.n_classes) for v, x in zip(VARIABLES, clean, strict=True))

    right, wrong = (diffusion.loss(network, clean, t, pt, drawing(4)) for network in (knowing, guess))
    assert float(right.total) == pytest.approx(0.0, abs=1e-5)
    assert bool((wrong.main > 0).all())


def test_time_sampler_prefers_the_hard_times_once_all_were_seen():
    sampler = TimeSampler(4)
    t, pt = sampler.draw(1000, torch.Generator().manual_seed(0))
    assert pt.unique().tolist() == [0.25]
    every = torch.arange(4).repeat_interleave(11)
    sampler.update(every, torch.tensor([1.0, 1.0, 1.0, 3.0]).repeat_interleave(11))
    t, pt = sampler.draw(4000, torch.Generator().manual_seed(0))
    assert float(pt[t == 3][0]) == pytest.approx(0.5, abs=0.01)
    assert float((t == 3).float().mean()) == pytest.approx(0.5, abs=0.03)


def test_sampling_symbols_is_seeded():
    p = torch.rand(2, 6, 9).softmax(dim=1)
    assert torch.equal(sample_symbols(p, drawing(7)), sample_symbols(p, drawing(7)))


# Gaussian -----------------------------------------------------------------------------------------------------------


TARGET = torch.linspace(-0.9, 0.9, 2 * 3 * 8).view(2, 3, 8)
MASK = torch.tensor([[True, True, True], [True, False, False]])


def towards_target(diffusion):
    """The noise that leads exactly to TARGET."""

    def network(x, t):
        share = diffusion.share[t][:, None, None]
        return (x - share.sqrt() * TARGET) / (1 - share).sqrt()

    return network


def test_even_times_end_at_zero():
    assert even_times(10) == [900, 800, 700, 600, 500, 400, 300, 200, 100, 0]
    assert even_times(1) == [0]
    assert len(even_times(5000)) == 1000
    with pytest.raises(ValueError, match="at least one"):
        even_times(0)


@pytest.mark.parametrize("calls", [1, 10, 50])
def test_gaussian_sampler_reaches_what_the_network_points_at(calls):
    diffusion = GaussianDiffusion()
    x = diffusion.sample(towards_target(diffusion), MASK, even_times(calls), drawing(0, torch.randn))
    assert torch.allclose(x[MASK], TARGET[MASK], atol=2e-3)
    assert not x[~MASK].any()


def test_known_numbers_come_back_bit_identical_and_noised_on_the_way():
    diffusion, clean = GaussianDiffusion(), torch.rand(2, 3, 8, generator=torch.Generator().manual_seed(1))
    known = torch.zeros(2, 3, 8, dtype=torch.bool)
    known[0, 1] = True
    known[0, 2, 3:6] = True  # a size alone
    seen = []

    def network(x, t):
        seen.append((int(t), x[known].clone()))
        return torch.zeros_like(x)

    x = diffusion.sample(network, MASK, even_times(20), drawing(0, torch.randn), known=Known(clean, known))
    assert torch.equal(x[known], clean[known])
    assert int(seen[-1][0]) == 0
    assert torch.allclose(seen[-1][1], clean[known], atol=0.06)
    assert not torch.allclose(seen[0][1], clean[known], atol=0.3)


def test_gaussian_loss_counts_real_vectors_only():
    diffusion, t = GaussianDiffusion(), torch.tensor([500, 20])
    noise = torch.randn(2, 3, 8, generator=torch.Generator().manual_seed(0))
    loss = diffusion.loss(lambda x, _t: torch.zeros_like(x), TARGET, MASK, t, lambda _shape: noise)
    real = noise[MASK]
    assert [float(term) for term in loss.terms] == pytest.approx(
        [float(real[:, a:b].pow(2).sum() / 4) for a, b in ((0, 3), (3, 6), (6, 8))]
    )
    assert float(loss.total) == pytest.approx(sum(float(term) for term in loss.terms))
    times = diffusion.draw_times(10_000, torch.Generator().manual_seed(0))
    assert (int(times.min()), int(times.max())) == (1, 999)


def towards(diffusion, clean):
    """The output of a network that knows the clean vectors, whatever it is to predict."""

    def network(x, t):
        share = diffusion.share[t][:, None, None]
        return diffusion.aim(clean, (x - share.sqrt() * clean) / (1 - share).sqrt(), t)

    return network


@pytest.mark.parametrize("calls", [10, 1000])
@pytest.mark.parametrize("target", ["eps", "v", "x0"])
def test_every_target_leads_to_the_same_vectors(target, calls):
    diffusion, everyone = GaussianDiffusion(target=target), torch.ones_like(MASK)
    x = diffusion.sample(towards(diffusion, TARGET), everyone, even_times(calls), drawing(0, torch.randn))
    assert torch.allclose(x, TARGET, atol=2e-3)
    share = diffusion.share[[700]][:, None, None]
    x = torch.randn(TARGET.shape, generator=torch.Generator().manual_seed(2))
    output = towards(diffusion, TARGET)(x, torch.tensor([700]))
    assert torch.allclose(diffusion.clean_of(x, output, share), TARGET, atol=1e-5)


@pytest.mark.parametrize(
    ("target", "weight"), [("eps", lambda a: 1.0 + 0 * a), ("v", lambda a: a), ("x0", lambda a: a / (1 - a))]
)
def test_slot_loss_counts_every_vector_with_the_weight_of_its_level(target, weight):
    groups = (Group("first", 3, 2.0), Group("second", 5))
    diffusion, t = GaussianDiffusion(groups=groups, target=target), torch.tensor([0, 700])
    off = torch.cat([torch.full((3,), 0.1), torch.full((5,), 0.3)])
    network = towards(diffusion, TARGET)
    seen = []

    def penalty(x_0):
        seen.append(x_0)
        return torch.tensor([1.0, 3.0])

    draw = drawing(0, torch.randn)
    loss = diffusion.slot_loss(lambda x, t: network(x, t) + off, TARGET, t, draw)
    assert [float(term) for term in loss.terms] == pytest.approx([0.01, 0.09], rel=1e-2)
    share = diffusion.share[t]
    assert torch.allclose(loss.per_set, weight(share) * 0.11, rtol=1e-2)
    assert float(loss.total) == pytest.approx(float(loss.per_set.mean()))
    assert float(loss.penalty) == 0
    loss = diffusion.slot_loss(network, TARGET, t, draw, penalty)
    assert torch.allclose(loss.per_set, share * torch.tensor([1.0, 3.0]), atol=2e-3)
    assert float(loss.penalty) == pytest.approx(float((share * torch.tensor([1.0, 3.0])).mean()))
    assert torch.allclose(seen[0], TARGET, atol=2e-3)
    assert int(diffusion.draw_times(10_000, torch.Generator().manual_seed(0), first=0).min()) == 0


def test_a_projection_holds_in_every_step_and_at_the_end():
    diffusion, everyone = GaussianDiffusion(target="v"), torch.ones_like(MASK)
    barred = torch.zeros_like(TARGET, dtype=torch.bool)
    barred[0, 1, 2:5] = True
    x = diffusion.sample(
        towards(diffusion, TARGET),
        everyone,
        even_times(20),
        drawing(0, torch.randn),
        project=lambda x_0: x_0.masked_fill(barred, -1.0),
    )
    assert torch.allclose(x[barred], torch.tensor(-1.0), atol=1e-6)
    assert torch.allclose(x[~barred], TARGET[~barred], atol=2e-3)


def test_without_clipping_vectors_leave_the_unit_cube():
    far, everyone = 3 * torch.ones_like(TARGET), torch.ones_like(MASK)
    for clip, end in ((True, 1.0), (False, 3.0)):
        diffusion = GaussianDiffusion(target="x0", clip=clip)
        x = diffusion.sample(lambda _x, _t: far, everyone, even_times(10), drawing(0, torch.randn))
        assert torch.allclose(x, torch.tensor(end), atol=1e-4)


@pytest.mark.parametrize("kind", ["discrete", "gaussian"])
def test_raising_in_the_callback_ends_the_sampling(kind):
    calls = []

    def cancel(done, total, _states):
        calls.append((done, total))
        if done == 3:
            raise CancelledError

    def sample():
        if kind == "discrete":
            start = nothing_known(1, LENGTHS)
            DiscreteDiffusion(VARIABLES).sample(guess, start, even_steps(9), drawing(0), on_step=cancel)
        else:
            draw = drawing(0, torch.randn)
            GaussianDiffusion().sample(lambda x, _t: 0 * x, MASK, even_times(9), draw, on_step=cancel)

    with pytest.raises(CancelledError):
        sample()
    assert calls == [(1, 9), (2, 9), (3, 9)]
