"""Document 002 in today's Keras: two convolutions and dropout, four epochs, validated on the test set.

The document's compile cell is missing: adam is an assumption. Its images are float64, as dividing by 255 makes
them, and its batches have Keras' own 32 examples.
"""

import numpy as np
from keras import Input, Sequential, layers
from keras.utils import to_categorical
from mnist import load_data

np.random.seed(42)  # noqa: NPY002 - the document's own line, which seeds no weight of Keras 3

(train_images, train_labels), (test_images, test_labels) = load_data()
train_pixels = train_images.reshape(-1, 28, 28, 1) / 255
test_pixels = test_images.reshape(-1, 28, 28, 1) / 255
train_classes = to_categorical(train_labels, 10)
test_classes = to_categorical(test_labels, 10)

model = Sequential(
    [
        Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.summary()
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_pixels, train_classes, epochs=4, verbose=1, validation_data=(test_pixels, test_classes))
test_loss, test_accuracy = model.evaluate(test_pixels, test_classes)
print(test_accuracy)
