"""The samplers and losses: discrete masked diffusion and Gaussian diffusion. They know nothing of furniture."""
