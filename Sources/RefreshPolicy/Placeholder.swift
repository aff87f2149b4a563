enum RefreshPolicyPlaceholder {}
