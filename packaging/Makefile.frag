# Three quarters of what cargo makes are line numbers, for debuggers; they stay in its folder.
APN_AMI_STRIP = strip -S

# The library that PHP loads. The .la file is what PHP's own rules look for: "make test" reads the name of the library in it.
$(phplibdir)/apn_ami.la:
	@mkdir -p $(phplibdir)
	cd "$(srcdir)" && $(APN_AMI_ENV) "$(CARGO)" build $(APN_AMI_FLAGS) --target-dir "$(APN_AMI_TARGET)" -p apn_ami
	@for made in libapn_ami.so libapn_ami.dylib; do \
		file="$(APN_AMI_TARGET)/$(APN_AMI_PROFILE)/$$made"; \
		if test -f "$$file"; then cp "$$file" $(phplibdir)/apn_ami.so.new; fi; \
	done
	@if test "$(APN_AMI_PROFILE)" = release; then $(APN_AMI_STRIP) $(phplibdir)/apn_ami.so.new 2>/dev/null || :; fi
	@mv $(phplibdir)/apn_ami.so.new $(phplibdir)/apn_ami.so
	@echo "dlname='apn_ami.so'" >$@

# The servers that the tests talk to.
apn_ami-simulator:
	cd "$(srcdir)" && $(APN_AMI_ENV) "$(CARGO)" build $(APN_AMI_FLAGS) --target-dir "$(APN_AMI_TARGET)" -p ami-simulator
	@mkdir -p $(builddir)/libs && cp "$(APN_AMI_TARGET)/$(APN_AMI_PROFILE)/ami-simulator" $(builddir)/libs/ami-simulator

test: apn_ami-simulator

.PHONY: apn_ami-simulator

TESTS = $(srcdir)/phpt
