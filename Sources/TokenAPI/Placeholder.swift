internal import Hummingbird
enum TokenAPIPlaceholder {}
