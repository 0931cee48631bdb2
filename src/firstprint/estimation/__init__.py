"""From emission factor to footprint: scaling, proxy, surrogate, intervals and their combination."""
