mod debian/apn_ami.ini
