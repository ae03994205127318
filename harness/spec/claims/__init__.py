"""What a document states about its network: one small class per kind of claim, a file each; reads no record."""

from harness.spec.claims.claim import CLAIMS, AnyClaim, Basis, Case, Claim, Decision, Ruling, Unit, Value, ValueClaim

__all__ = ["CLAIMS", "AnyClaim", "Basis", "Case", "Claim", "Decision", "Ruling", "Unit", "Value", "ValueClaim"]
