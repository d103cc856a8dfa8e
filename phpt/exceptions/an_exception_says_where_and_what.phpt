--TEST--
An exception of the extension knows file, line and trace, and what it is about
--EXTENSIONS--
apn_ami
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
namespace Apn\AmiClient;

function attempt(): void
{
    new ClientOptions(
        backoffMinMs: 5,
    );
}

try {
    attempt();
} catch (AmiException $e) {
    echo get_class($e), "\n", $e->getMessage(), "\n", basename($e->getFile()), ' line ', $e->getLine(), ', code ', $e->getCode(), "\n";
    echo preg_replace('~/.*/~', '', $e->getTraceAsString()), "\n";
    var_dump($e->key(), $e->value(), $e->suggestion(), $e->getPrevious());
    try {
        $e->key('more');
    } catch (\ArgumentCountError $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECTF--
Apn\AmiClient\InvalidConfigurationException
backoffMinMs: 5 is out of range (100 to 3600000)
an_exception_says_where_and_what.php line 6, code 0
#0 %s(6): Apn\AmiClient\ClientOptions->__construct(%S)
#1 %s(12): Apn\AmiClient\attempt()
#2 {main}
string(12) "backoffMinMs"
int(5)
NULL
NULL
Apn\AmiClient\InvalidConfigurationException::key() expects exactly 0 arguments, 1 given
