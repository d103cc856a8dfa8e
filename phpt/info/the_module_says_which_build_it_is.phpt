--TEST--
phpinfo() shows which build this is, and every limit with its default and range
--EXTENSIONS--
apn_ami
--FILE--
<?php
$extension = new ReflectionExtension('apn_ami');
ob_start();
$extension->info();
$text = ob_get_clean();

// What is the same in every build.
foreach (explode("\n", trim($text)) as $line) {
    if (preg_match('/^(apn_ami|Version|Commit|Built|Target|Features|Limit|headers|bytes|Option|event_queue_capacity|io|connect_timeout|push_filters)\b/', $line)) {
        echo $line, "\n";
    }
}

// Nothing is missing, and nothing is there that is no option.
preg_match_all('/^([a-z_]+) => .+ => .+$/m', $text, $rows);
$snake = static fn (string $name): string => strtolower(preg_replace('/[A-Z]/', '_$0', $name));
$options = array_map(
    static fn (ReflectionParameter $parameter): string => $snake($parameter->getName()),
    (new ReflectionMethod(Apn\AmiClient\ClientOptions::class, '__construct'))->getParameters(),
);
echo 'options: ', $rows[1] === $options ? 'all, in their order' : implode(', ', array_merge(array_diff($rows[1], $options), array_diff($options, $rows[1]))), "\n";
echo 'version: ', str_contains($text, 'Version => ' . $extension->getVersion() . "\n") ? 'the module\'s' : 'another', "\n";
$threads = PHP_ZTS ? ', thread-safe (ZTS)' : ', not thread-safe (NTS)';
echo 'build: ', str_contains($text, $threads . (PHP_DEBUG ? ", debug\n" : "\n")) ? 'this PHP\'s' : 'another', "\n";
?>
--EXPECTF--
apn_ami
Version => %d.%d.%d
Commit => %s
Built for PHP => API %d, %s
Built by => rustc %d.%d.%s, profile %s
Target => %s-%s
Features => tls (rustls, ring), background io, foreign event loops, signals
Limit => Value => Past it
headers of an action => 128 => InvalidConfigurationException
bytes of a header line => 1024 => InvalidConfigurationException
Option => Default => Range
connect_timeout => 10 s => 0.05 to 300 s
event_queue_capacity => 10000 => %d to %d
push_filters => off => on, off
io => inline => inline, background
options: all, in their order
version: the module's
build: this PHP's
