"""A sample city with simulated parties: real SIP, real RTP, and ears that measure whom they heard."""
