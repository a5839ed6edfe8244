"""Diffusion with the velocity as target: what is noised is found again, and what is known stays."""

import pytest
import torch

from instructscene_core.diffusion.velocity import clean_of, noised, sample, schedule


@pytest.fixture
def clean():
    torch.manual_seed(0)
    return torch.randn(3, 5, 4)


def perfect(clean):
    """A network that knows the data and gives the velocity that leads to it."""

    def network(x, t, guess):  # noqa: ARG001 - it needs no guess
        a, s = schedule(t)
        return a * (x - a * clean) / s - s * clean

    return network


NOTHING = torch.zeros(3, 5, 1, dtype=torch.bool)


def test_the_schedule_keeps_the_variance_and_runs_from_data_to_noise():
    a, s = schedule(torch.linspace(0, 1, 11))
    assert a.shape == s.shape == (11, 1, 1)
    torch.testing.assert_close(a**2 + s**2, torch.ones_like(a))
    assert (a.diff(dim=0) < 0).all()
    torch.testing.assert_close(torch.stack([a[0], s[-1]]), torch.ones(2, 1, 1))


def test_the_velocity_and_the_noisy_vectors_give_the_data_back(clean):
    for t in (torch.tensor([0.0, 0.5, 1.0]), torch.rand(3)):
        x, velocity = noised(clean, t, torch.randn_like(clean))
        torch.testing.assert_close(clean_of(x, velocity, t), clean, atol=1e-5, rtol=1e-5)
    noise = torch.randn_like(clean)
    torch.testing.assert_close(noised(clean, torch.zeros(3), noise), (clean, noise))
    torch.testing.assert_close(noised(clean, torch.ones(3), noise), (noise, -clean), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("steps", [1, 2, 20])
def test_a_perfect_network_leads_to_the_data(clean, steps):
    found = sample(perfect(clean), torch.randn_like(clean), steps, torch.zeros_like(clean), NOTHING)
    torch.testing.assert_close(found, clean, atol=1e-4, rtol=1e-4)


def test_what_is_known_stays_bit_for_bit_and_is_shown_in_every_step(clean):
    known, seen = torch.rand(3, 5, 1) < 0.5, []

    def network(x, t, guess):
        seen.append((x[known.expand_as(x)], None if guess is None else guess[known.expand_as(guess)]))
        return torch.randn(x.shape) * t[:, None, None]

    found = sample(network, torch.randn_like(clean), 6, clean, known)
    wanted = clean[known.expand_as(clean)]
    assert torch.equal(found[known.expand_as(found)], wanted)
    assert not torch.isclose(found, clean)[~known.expand_as(found)].any()
    assert all(torch.equal(x, wanted) for x, _ in seen[1:])
    assert seen[0][1] is None
    assert all(torch.equal(guess, wanted) for _, guess in seen[1:])


def test_each_prediction_is_given_to_the_next_step(clean):
    guesses = []

    def network(x, t, guess):
        guesses.append(guess)
        return perfect(clean)(x, t, guess)

    sample(network, torch.randn_like(clean), 4, clean, NOTHING)
    assert guesses[0] is None
    assert len(guesses) == 4
    for guess in guesses[1:]:
        torch.testing.assert_close(guess, clean, atol=1e-4, rtol=1e-4)


def test_times_fall_evenly_from_one_and_steps_are_reported(clean):
    times, steps = [], []

    def network(x, t, guess):
        times.append(t)
        return perfect(clean)(x, t, guess)

    sample(network, torch.randn_like(clean), 4, clean, NOTHING, lambda *step: steps.append(step))
    torch.testing.assert_close(torch.stack(times), torch.tensor([1.0, 0.75, 0.5, 0.25])[:, None].expand(4, 3))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_the_callback_raises_ends_the_sampling(clean):
    calls = []

    def network(x, t, guess):
        calls.append(1)
        return perfect(clean)(x, t, guess)

    def stop(step, steps):  # noqa: ARG001 - it stops at once
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample(network, torch.randn_like(clean), 4, clean, NOTHING, stop)
    assert len(calls) == 1


def test_samples_do_not_depend_on_the_batch(clean):
    noise = torch.randn_like(clean)
    whole = sample(perfect(clean), noise, 5, clean, NOTHING)
    alone = sample(perfect(clean[1:2]), noise[1:2], 5, clean[1:2], NOTHING[1:2])
    torch.testing.assert_close(whole[1:2], alone)
